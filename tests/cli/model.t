# Models of one's own.
$ tidemark model check $EXAMPLES/own.model.yaml
~ is a valid model: come_back 1.0.0
~ warning: RET-9: there is no measure "thank_you_cards" here
~ warning: Texts missing in ar: 9
$ tidemark model check $EXAMPLES/own.model.yaml --json
~ "valid": true
$ sed 's/quorum: .0.70/quorum: [7/; s/weight: 2 /weight: no /; s/form: value/form: words/' $EXAMPLES/own.model.yaml > wrong.yaml
$ tidemark model check wrong.yaml
~ wrong.yaml:11: quorum\[0\]: must lie between 0 and 1, is 7
~ weight: must be a number
~ form: must be one of
! the model has 5 mistakes
? 65
$ tidemark model check absent.yaml
? 66
$ tidemark model show RET-1
~ RET-1
~ Levels 2, 3 and 4 ask of ret_1: ≥60%, ≥100%, ≥140% × vertical_repeat_median
$ tidemark model show --model $EXAMPLES/own.model.yaml --json
~ "id": "RET-9"
$ tidemark model show NO-1
! the model has no practice "NO-1"
? 66
$ tidemark model diff built-in built-in
~ The two models are the same
$ tidemark model diff built-in $EXAMPLES/own.model.yaml
~ new: First orders are thanked by hand
~ cuts: 0.6, 1, 1.4 x vertical_repeat_median → 0.8, 1.2, 1.6
~ weight: 1 → 2
$ tidemark model frown
! say what to do with a model
? 64
# Which marks would change on a workspace.
$ tidemark init shop --currency EUR
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,ann@example.com,paid
| 2,2026-02-05 10:00:00,30.50,EUR,ann@example.com,paid
$ tidemark assess --workspace shop orders.csv --json
$ tidemark model diff built-in $EXAMPLES/own.model.yaml --workspace shop
~ On this workspace
~ Practices whose level would change
$ tidemark history --workspace shop --restate --model $EXAMPLES/own.model.yaml
~ Not carried over
