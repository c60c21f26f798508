# What follows from a mark: money, other definitions, the plan and its steps, the trend.
$ tidemark simulate --stage 3 --orders 600 shop > /dev/null && tidemark init ws > /dev/null && echo made
> made
$ tidemark assess --workspace ws shop --as-of 2026-06-30 --json | grep -cE '"(joint|upgrade_sets|steps)":'
~ [1-9]
$ tidemark assess --workspace ws --json --html a.html > a.json; grep -oE '"(incrementality_own|history)": *(true)?' a.json
~ "incrementality_own": true
~ "history":
? 0
! written: a.html
$ grep -c 'id="worth"' a.html
> 1
$ tidemark assess --workspace ws --as-of 2026-06-30 | grep -c 'Closing every gap together'
> 1
# No other shops are known: the levels' own marks stand beside what was measured.
$ tidemark peers --workspace ws
~ level 3 asks for
$ tidemark roadmap --workspace ws --json | grep -m1 '"steps"'
~ "steps"
$ tidemark prove --workspace ws --json | grep -c '"practice"'
~ [1-9]
