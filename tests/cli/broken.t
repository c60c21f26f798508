# What a hostile or hurried user does: nothing half stored, a reason, the right exit code.
$ mkdir empty && tidemark assess empty
! "empty" holds no file
! Put the exports
? 66
$ : > empty.csv && tidemark assess empty.csv
! "empty.csv" is empty
? 65
$ mkdir -p folder/orders.csv && tidemark assess folder
! "folder/orders.csv" is a folder, not a file
? 65
$ mkdir unknown && echo hello > unknown/b.txt && head -c 3000 /dev/zero > unknown/c.csv && tidemark assess unknown
! could be read
? 65
= nul.csv
| order_id,ordered_at,total,currency
| 1,2026-01-01,10.00,EUR
$ printf '2,2026-01-02,20.00,E\0R\n' >> nul.csv && tidemark assess nul.csv
! nul.csv, line 3: a NUL byte
? 65
$ { echo order_id,ordered_at,total,currency,email; for i in {1..3000}; do echo $i,2026-01-01,10.00,EUR,a$i@example.com; done; } > good.csv
$ gzip -k good.csv && head -c 5000 good.csv.gz > cut.csv.gz && tidemark assess cut.csv.gz
! ends in the middle of its gzip data
! Export or copy the file again
? 65
$ { head -1 good.csv; printf '1,2026-01-01,10.00,EUR,'; head -c 10485760 /dev/zero | tr '\0' x; } > cell.csv && tidemark assess cell.csv
! line 2: a cell exceeds the limit
? 65
$ seq -s, 1 1000000 > wide.csv && tidemark assess wide.csv
! line 1: the row exceeds the limit of 4096 columns
? 65
# A workspace in a folder with other files; settings that cannot be leave no workspace behind.
$ mkdir full && echo x > full/notes.txt && tidemark init full && cat full/notes.txt
~ is ready
~ ^x$
$ tidemark init bad --currency XXXX
! "XXXX" is too long
? 64
$ tidemark init bad --currency ABC
! "ABC" is no currency of ISO 4217
? 65
$ tidemark init bad --time-zone Mars/Olympus
! Mars/Olympus
? 65
$ test ! -e bad && tidemark init bad --currency eur --country de && cat bad/tidemark.yaml
~ currency: "EUR"
~ country: "DE"
# Names of files are only names.
$ mkdir 'a "b' && cp good.csv 'a "b/%s%n'"'"'$(x).csv' && echo 'x' > "$(printf 'a "b/ا\n\033[31mb๑.txt')" && tidemark import -w full 'a "b'
~ %s%n'\$\(x\).csv
~ ا\?\?\[31mb๑.txt
! not every file could be imported
? 65
$ cp good.csv copy.csv && tidemark import -w full copy.csv
~ = copy.csv
~ imported before
$ python3 -c 'import zipfile; z = zipfile.ZipFile("z.zip", "w"); z.writestr("ไฟล์.csv", "order_id,ordered_at,total,currency\nz1,2026-01-02,1.00,EUR\n"); z.writestr("b/x.csv", "order_id,ordered_at,total,currency\nz1,2026-01-02,1.00,EUR\nz2,2026-01-02,1.00,EUR\n"); z.close()' && tidemark import -w full z.zip
~ z.zip/ไฟล์.csv
~ 1 order$
~ 2 orders \(already known 1\)
$ truncate -s 200 z.zip && tidemark import -w full z.zip
! not every file
? 65
# Where the report cannot go.
$ tidemark assess -w full --html nowhere/x.html
~ Stage
! nowhere/x.html
? 66
$ tidemark assess -w full --html full
! full.*it is a folder
? 74
$ : > report.html && ln -s report.html link.html && tidemark assess -w full --html link.html >/dev/null && test -L link.html && test -s report.html
$ mkfifo pipe && { cat pipe | head -c 15 & tidemark assess -w full --html pipe > /dev/null; wait; test -p pipe; }
~ <!DOCTYPE html>
$ tidemark --version > /dev/full
! standard output
? 74
$ tidemark assess -w full > /dev/full
! standard output
? 74
$ set -o pipefail; tidemark assess -w full --all | head -1 | wc -l
> 1
# Years of the Buddhist calendar, when they are meant so.
= thai/orders.csv
| order_id,ordered_at,total,currency
| 1,2569-01-05,20.00,THB
$ tidemark assess thai
! could be used
! --buddhist
? 65
$ tidemark assess thai --buddhist --json
~ "as_of": "2026-01-0
# Rows and files that were not used are told of beside the mark; a name comes once.
= part/orders.csv
| order_id,ordered_at,total,currency
| 1,2026-01-01,10.00,EUR
| 2,2026-01-02,abc,EUR
$ tidemark assess part
~ Stage
! ^tidemark: orders.csv: rows that could not be used: 1 of 2; line 3: column "total"
$ printf 'order_id,ordered_at,total,currency\n3,2026-01-01,10.00,EUR\n4,2026' > part/cut.csv; tidemark assess part
~ Stage
! ^tidemark: not used: cut.csv, line 3: the file ends in the middle of this row \(2 of 4 cells\)$
! hint: The file seems to be cut off
! the mark rests on the others
? 65
$ mkdir -p hollow && tidemark import -w full hollow
! "hollow" holds no file
? 66
