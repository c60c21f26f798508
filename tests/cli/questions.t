# The questionnaire alone: a shop that is not open yet.
$ tidemark questions --lang th -o answers.yaml
$ tidemark questions -o answers.yaml
! exists already
? 73
$ tidemark assess --answers answers.yaml --json
~ "stage"
= wrong.yaml
| answers:
|   RET-99:
|     answer: 3
$ tidemark assess --answers wrong.yaml
! wrong.yaml:2
! RET-99
? 65
# A folder that holds only the answers.
$ mkdir only && cp answers.yaml only/ && tidemark assess only --json
~ "stage"
