"""Units of measure and currencies by their names, so that five kilometres are not five miles."""

# One line a unit: its names in any form that texts use, folded, the first being what it is called here.
_NAMES = """
km kilometre kilometres kilometer kilometers kilómetros км 公里 千米
mile miles mi миль 英里
m metre metres meter meters metros метров 米
cm centimetre centimetres centimeter centimeters
mm millimetre millimetres millimeter millimeters
foot feet ft
inch inches
yard yards
kg kilogram kilograms kilogramme kilogrammes кг 公斤 千克
g gram grams gramme grammes
lb lbs
ounce ounces oz
tonne tonnes ton tons
% percent pct процентов процента
$ dollar dollars usd us$
€ euro euros eur евро
£ gbp
¥ yen jpy
yuan rmb cny 元
₹ rupee rupees inr
second seconds sec secs
minute minutes min mins минут
hour hours hr hrs часов
day days дней
week weeks
month months
year years лет
decade decades
century centuries
hectare hectares ha
acre acres
litre litres liter liters
gallon gallons
mph
km/h kmh kph
°c celsius
°f fahrenheit
watt watts w
kw kilowatt kilowatts
mw megawatt megawatts
gw gigawatt gigawatts
kb kilobyte kilobytes
mb megabyte megabytes
gb gigabyte gigabytes
tb terabyte terabytes
"""
_UNITS = {name: line.split()[0] for line in _NAMES.strip().splitlines() for name in line.split()}


def unit(word: str) -> str | None:
    """What a unit is called here; None for a word that is none. "Pounds" are none: they may be weight or money."""
    return _UNITS.get(word.casefold())
