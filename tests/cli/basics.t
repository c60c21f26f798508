# What a newcomer types first.
$ tidemark
~ Usage: tidemark COMMAND
~ assess
$ tidemark --version
~ ^tidemark [0-9]+\.[0-9]+\.[0-9]+$
$ for c in assess campaign import message people roadmap send serve show simulate; do tidemark help $c | grep -o '^  -[a-z],' | sort | uniq -d; done | wc -l
> 0
$ tidemark help simulate
~ --seed N
$ tidemark simulate --help
~ --orders N
$ tidemark asess x
! there is no command "asess"
! Did you mean "tidemark assess"
? 64
$ tidemark assess --marginn 0.3 x
! there is no option --marginn
! Did you mean --margin
? 64
$ tidemark assess --margin 30 .
! --margin must lie between 0 and 1
? 64
$ tidemark assess
! name a folder with the exports of your shop
! tidemark questions
? 64
$ tidemark assess nowhere
! there is no file or folder "nowhere"
? 66
$ tidemark assess --lang fr .
! there is no language "fr"
? 64
$ tidemark import x.csv
! name the workspace
? 64
$ tidemark import --workspace nowhere x.csv
! is not a workspace
! tidemark init
? 66
$ tidemark simulate --stage 7 d
! --stage must be a whole number from 1 to 4
? 64
$ tidemark simulate
! name the folder
? 64
# In Arabic and Thai.
@ ar
$ tidemark asess x
! [ء-ي]
? 64
$ tidemark assess nowhere
! [ء-ي] "⁨nowhere⁩"
? 66
@ th
$ tidemark help
~ [ก-๙]
