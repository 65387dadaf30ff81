"""Writes jinja.json: templates with what Jinja makes of them, in the environment of lm-evaluation-harness.

python3 jinja.py; made with Jinja2 3.1.6 and Python 3.11. `text` is null where rendering fails.
"""

import json
import pathlib

from jinja2 import BaseLoader, Environment, StrictUndefined

DOCS = {
    "quiz": {
        "question": " Which gas do plants take in? ",
        "choices": ["oxygen", "carbon dioxide", "neon's", 'the "blue" one'],
        "options": {"text": ["red", "green", "blue"], "label": ["A", "B", "C"]},
        "answerKey": "B", "label": 2, "gold": [0, 2], "score": 2.5, "flag": True, "nothing": None,
        "empty": "", "none": [], "text": "One two  three\nfour", "word": "straße", "n": 12,
        "pairs": [{"q": "a?", "a": "x"}, {"q": "b?", "a": "y"}], "neg": -7, "big": 1e16,
        "mixed": [1, "two", 3.0, None, False], "quote": "it's", "korean": "한국어 문장", "tiny": 0.00001,
        "names": ["bob", "Alice", "carol", "alice"], "nested": [[1, 2], [3]],
    }
}

EXPRESSIONS = """
question
question.strip()
question|trim
question | trim | upper
question.lower().strip('? ')
choices
choices[0]
choices[-1]
choices[1:]
choices[::-1]
choices[1:3]
choices|length
choices|join(', ')
choices|first
choices|last
choices|reverse|list
choices.index('oxygen')
options.label.index(answerKey)
options['label'].index(answerKey)
options.text[options.label.index(answerKey)]
['A', 'B', 'C'].index(answerKey)
["no", "yes"][flag]
['no', "yes", 'it\\'s']
label
label + 1
label - 5
label * 3
label / 4
label // 4
-7 // 2
-7 % 3
7 % -3
label ** 3
score
score * 2
score|int
score|round
score|round(1)
2.675|round(2)
2.1|round(0, 'ceil')
big
tiny
1e16 * 2
0.1 + 0.2
100.0
label ~ '. ' ~ question
'a' 'b'
'x' * 3
[1] * 2
[1, 2] + [3]
label == 2
label != 2
1 < label < 3
label > 2 or flag
label and flag
not flag
flag and 'yes' or 'no'
'yes' if flag else 'no'
'yes' if not flag else 'maybe' if label == 3 else 'no'
answerKey in options.label
'z' not in options.label
'two' in text
nothing
nothing is none
nothing is not none
question is string
label is number
absent is defined
label is defined and label is even
label is odd
n is divisibleby 3
n is divisibleby(5)
choices is iterable
options is mapping
absent|default('none given')
empty|default('x')
empty|default('x', true)
text.split()
text.split(' ')
text.split('\n')[0]
text.split(' ', 1)
text.splitlines()
text.replace('two', '2')
text|replace('o', '0')
text.upper()
text.title()
text|title
text|capitalize
text.capitalize()
word.upper()
word|length
korean[0]
korean|length
korean[::-1]
text.startswith('One')
text.endswith(('x', 'four'))
text.find('three')
text.count('o')
text|lower
'%s' ~ 1
"{} is {}".format('x', 3)
"{0}{1}{0}".format('a', 'b')
"{a}".format(a=1)
', '.join(choices)
'-'.join(['a', 'b'])
mixed
mixed|string
mixed|tojson
options|tojson
quote|tojson
quote
[quote, 'plain', 'both " and \\'']
choices|tojson
names|sort
names|sort(reverse=true)
names|sort(case_sensitive=true)
names|unique|list
names|unique|join(' ')
pairs|join(', ', attribute='q')
pairs[0].a
pairs[1]['q']
'5'|int + 1
'x'|int
'x'|int(7)
'3.7'|float
neg|abs
-label|abs
[3, 1, 2]|sort|first
range(4)|list
range(1, 10, 3)|list
range(3, 0, -1)|list
[1, 2, 3]|sum
nested[0][1]
{'a': 1, 'b': [2]}
{'a': 1}.get('a')
{'a': 1}.get('z', 'none')
{'a': 1, 'b': 2}.keys()|list
{'a': 1, 'b': 2}.values()|list
{'a': 1, 'b': 2}.items()|list
(1, 2)
(1,)
1, 2
True
none
true and false
gold[0] == 0
(label + 1) * 2
"tab\\tnew\\nline \\u00e9 \\x41"
'\\d'
text[0:3]
text[-4:]
text[::2]
question.strip()[:-1]
options.text|length - 1
"ABCD"[label]
"ABCD"|list
"cab"|sort|join
question.strip() ~ "\\nAnswer:"
question.rstrip('? ').lstrip()
1 if label
absent
absent.more
choices[9]
options.missing
'a' + 1
choices.index('zzz')
question|nosuchfilter
label is nosuchtest
1 // 0
"unclosed
(1
""".strip("\n").split("\n")

TEMPLATES = [
    "Question: {{question}}\nAnswer:",
    "{{question}}\n",
    "A\n{# a comment #}B",
    "{%- if flag -%}  yes  {%- endif %} !",
    "{% if label == 1 %}one{% elif label == 2 %}two{% else %}many{% endif %}",
    "{% for c in choices %}{{loop.index}}. {{c}}\n{% endfor %}Answer:",
    "{% for c in choices %}{{loop.index0}}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for c in choices -%}\n  {{ 'ABCD'[loop.index0] }}) {{ c }}\n{% endfor -%}\nend",
    "{% for p in pairs %}{{p.q}} {{p['a']}}{% if loop.first %} first{% endif %};{% endfor %}",
    "{% for x in none %}{{x}}{% else %}nothing{% endfor %}",
    "{% for x in mixed if x is number %}{{x}} {% endfor %}",
    "{% for k, v in {'a': 1, 'b': 2}.items() %}{{k}}={{v}} {% endfor %}",
    "{% for t, l in [[1, 2], [3, 4]] %}{{t + l}} {% endfor %}",
    "{% set letters = ['A','B','C','D'] %}{{letters[label]}}",
    "{% set a, b = 1, 2 %}{{a}}{{b}}",
    "{% set n = 0 %}{% for c in choices %}{% set n = 5 %}{% endfor %}{{n}}",
    "{% if true %}{% set inside = 3 %}{% endif %}{{inside}}",
    "{% raw %}{{ not }} {% here %}{% endraw %}",
    "a {{- ' b ' -}} c",
    "a {%+ if true %} b {% endif +%} c",
    "  {#- x -#}  y",
    "line\r\nline\rline",
    "{{ '{{' }} and {{ '}}' }}",
    "{{ {'a': {'b': 1}}['a']['b'] }}",
    "{% for r in nested %}{% for c in r %}{{loop.index}}/{{c}} {% endfor %}{{loop.length}};{% endfor %}",
    "{% for c in choices %}{{loop.revindex}}{{loop.revindex0}}{% endfor %}",
    "Q: {{ question | trim }}\n{% for l, t in [('A', choices[0]), ('B', choices[1])] %}({{l}}) {{t}} {% endfor %}",
    "{{question}}{% if nothing is none %}{% else %} {{nothing}}{% endif %}",
    "{% set ns = 'x' %}{{ ns ~ ns }}",
    "{{[choices[0], choices[1]]}}",
    "{{options.text}}",
    "{% if 'a' %}{% for i in range(3) %}{{i}}{% endfor %}{% endif %}",
    "{% for c in 'abc' %}{{c}}-{% endfor %}",
    "{{ text\n | upper }}",
    "{% if x is defined %}no{% endif %}yes",
    "{{ undefined_thing }}",
    "{% if flag %}never closed",
    "{% endif %}",
    "{% unknown %}",
    "{{ }}",
    "{{ 1 ",
    "{# never closed",
]


def main():
    env = Environment(loader=BaseLoader, undefined=StrictUndefined, keep_trailing_newline=True)
    doc = DOCS["quiz"]
    cases = []
    for template in ["{{ %s }}" % e for e in EXPRESSIONS] + TEMPLATES:
        try:
            text = env.from_string(template).render(**doc)
        except Exception:
            text = None
        cases.append({"template": template, "text": text})
    path = pathlib.Path(__file__).with_name("jinja.json")
    path.write_text(json.dumps({"document": doc, "cases": cases}, indent=1, ensure_ascii=False) + "\n")
    print(len(cases), sum(c["text"] is None for c in cases))


main()
