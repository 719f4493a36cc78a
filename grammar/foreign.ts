/** Characters that are not of the language, and what a person most likely meant by them. */

/** Each line: the sign that was meant, then its look-alikes. */
const LOOK_ALIKES = `
-> → ⟶ ⇒ ➔ ➜
<= ≤ ⩽ ≦
>= ≥ ⩾ ≧
!= ≠
== ≡
&& ∧ &
|| ∨
! ¬
- − – — ‐ ‑
* × · ∗ ⋅ ✕ ✖
/ ÷ ∕ ⁄
< ＜ 〈 ⟨ ‹ ❮
> ＞ 〉 ⟩ ›
( （
) ）
[ ［ 【
] ］ 】
{ ｛
} ｝
; ；
, ， 、
: ：
= ＝
| ｜ │
+ ＋
% ％
@ ＠
. 。
alpha α
beta β
gamma γ
delta δ
epsilon ε
eta η
theta θ
lambda λ
mu μ
rho ρ
sigma σ
tau τ
phi φ
a а
c с
e е
o о
p р
x х
`;

const meanings: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKES.trim()
    .split("\n")
    .flatMap((line) => {
      const [meant = "", ...looks] = line.split(" ");
      return looks.map((look) => [look, meant] as const);
    }),
);

/** The sign or the ASCII letters that stand for `character`: `->` for `→`, `theta` for `θ`, `e` for `é`. */
export function meaningOf(character: string): string | undefined {
  const known = meanings.get(character);
  if (known !== undefined) return known;
  const plain = character.normalize("NFKD").replace(/\p{M}/gu, "");
  return /^[A-Za-z0-9]+$/.test(plain) ? plain : undefined;
}

/** Whether it could stand in a name if names were not ASCII. */
export function isLetter(character: string): boolean {
  return /^[\p{L}\p{M}\p{Nd}]/u.test(character);
}

/** Spaces, marks and joiners that look like a space or like nothing. */
export function isInvisible(character: string): boolean {
  return /^[\p{Z}\p{Cf}\p{Cc}]/u.test(character);
}
