# --lang is followed before the rest of the line is understood.
$ tidemark --lang ar asess
! خطأ: لا يوجد أمر "⁨asess⁩"
! تلميح: هل تقصد "⁨?tidemark assess⁩?"
? 64
$ tidemark assess --lang=th --jsn x
! ข้อผิดพลาด: ไม่มีตัวเลือก --jsn
? 64
$ tidemark init -l ar --margin 5 w
! خطأ: .*⁨--margin⁩
? 64
$ tidemark --lang fr assess
! there is no language "fr"
? 64
$ tidemark assess --lang
! the option --lang needs a value
? 64
$ tidemark assess --lang th --calendar maya .
! --calendar ต้องเป็น gregorian หรือ buddhist
? 64
$ LANGUAGE=ar tidemark assess nowhere
! لا ملف ولا مجلد باسم "⁨nowhere⁩"
? 66
# Broken files, and why, in Thai and Arabic.
= d/orders.csv
| order_id,ordered_at,total,currency
| 1,03/04/2026,20.00,EUR
| 2,05/06/2026,30.00,EUR
$ tidemark assess d --lang th
! อ่านได้ทั้งแบบวันขึ้นก่อนและเดือนขึ้นก่อน|อ่านได้สองแบบ
! --dates dmy
? 65
= e/orders.csv
| order_id,ordered_at,total,currency
| 1,2026-04-03,20.00,EUR
| 2,2026-04-04,many,EUR
$ tidemark init -l ar w
$ tidemark import -w w e --lang ar
~ طلبات Tidemark
~ العمود "⁨total⁩": "⁨many⁩" ليس رقمًا
# Calendar and digits: by setting, by option, and only where they belong.
= f/orders.csv
| order_id,ordered_at,total,currency
| 1,2026-04-03,20.00,EUR
= f/tidemark.yaml
| calendar: buddhist
| digits: arab
$ tidemark assess f --lang th
~ 2569
$ tidemark assess f --lang th --calendar gregorian
~ 2026
$ tidemark assess f --lang ar
~ ٢٠٢٦
$ tidemark assess f
~ 2026
$ tidemark assess f --lang ar --digits arab --json
~ "as_of": "2026-04-0
# What is told of the past too, and the numbers to type stay as they are typed.
$ tidemark init past --currency EUR --time-zone UTC && printf 'calendar: buddhist\ndigits: arab\n' >> past/tidemark.yaml
~ is ready
= g/orders.csv
| order_id,ordered_at,total,currency,email
| 1,2026-01-05 10:00:00,10.00,EUR,ann@example.com
| 2,2026-02-05 10:00:00,10.00,EUR,bob@example.com
= h/orders2.csv
| order_id,ordered_at,total,currency,email
| 3,2026-05-05 10:00:00,30.00,EUR,ann@example.com
$ tidemark assess -w past g --json
~ "stage"
$ tidemark assess -w past h --json
~ "stage"
$ tidemark history -w past --lang ar
~ ⁨1⁩ +٥ فبراير ٢٠٢٦
~ ⁨2⁩ +٥ مايو ٢٠٢٦
$ tidemark history -w past --lang th
~ 5 พ.ค. 2569
$ tidemark prove -w past --lang ar
~ من ٥ فبراير ٢٠٢٦ إلى ٥ مايو ٢٠٢٦
$ tidemark prove -w past --lang ar --digits latn
~ من 5 فبراير 2026 إلى 5 مايو 2026
$ tidemark prove -w past --lang th
~ 5 ก.พ. 2569
$ tidemark show revenue -w past --by month --lang ar | tail -1
~ ٣٠
$ tidemark peers -w past --lang ar
~ يلزم لذلك ٥ منها
$ tidemark roadmap -w past --lang ar | head -3
~ ٢٠٢٦
