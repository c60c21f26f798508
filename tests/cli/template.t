# Messages in Liquid, checked and rendered.
$ printf '<p>{{ name }}</p>{%% for p in products %%}<li>{{ p.title }} {{ p.price | money }}</li>{%% endfor %%}' >cart.html
$ printf '{"name":"<b>","products":[{"title":"Tea","price":650}]}' >data.json
$ tidemark template check cart.html
~ cart.html is in order
$ tidemark template check cart.html --data data.json
~ in order
$ tidemark template render cart.html --data data.json --currency EUR
~ <p>&lt;b&gt;</p><li>Tea €6.50</li>
$ tidemark template render cart.html --data data.json --currency EUR --text
~ - Tea €6.50
$ tidemark template render cart.html --data data.json --json
~ "message": "<p>&lt;b&gt;
$ printf '{}' >none.json
$ tidemark template check cart.html --data none.json
~ name is not in the data: line 1
~ products is not in the data
! asks for what is not in the data
? 65
$ printf 'a\n {%% if x %%}' >open.txt
$ tidemark template check open.txt
! "if" is not closed
! line 2, column 5
! {% endif %}
? 65
$ tidemark template check open.txt --json
~ "line": 2
? 65
$ tidemark template check open.txt --lang ar
! غير مغلق
? 65
$ printf '{{ name | upcas }}' >filter.txt
$ tidemark template check filter.txt
! there is no filter "upcas"
! Did you mean "upcase"
? 65
$ printf 'Hi {{ name }}' >subject.txt
$ printf '{"name":"a\\nBcc: b"}' >bad.json
$ tidemark template render subject.txt --kind header --data bad.json
! must not hold a line break
? 65
$ tidemark template render subject.txt --strict
! "name" is not known
? 65
$ printf '{{ at | date: "%%d %%B" }}' >date.txt
$ printf '{"at":"2026-11-20"}' >at.json
$ tidemark template render date.txt --data at.json --lang th
~ 20 พฤศจิกายน
$ printf 'Hi *|FNAME|*\n*|RSSITEMS:|*' >old.html
$ tidemark template translate old.html --from mailchimp
~ Hi {{ person.first_name }}
! line 2: \*\|RSSITEMS:\|\* was not translated
! no counterpart in Liquid
? 65
$ tidemark template translate old.html --from elsewhere
! --from must be mailchimp
? 64
$ tidemark template frobnicate cart.html
! templates know no "frobnicate"
? 64
$ tidemark template check
! name what to do, and the file
? 64
