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
