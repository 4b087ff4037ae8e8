"""Names that kings, queens and popes bear, so that the Roman numeral behind them is a place in a row."""

from __future__ import annotations

_NAMES = """
    Albert Alexander Alexandre Alejandro Alessandro Alfonso Alphonse Amadeus Amedeo August Augustus
    Baldwin Baudouin Benedict Benedikt Benedicto Benedetto Bento Benoît Bonifatius Boniface
    Carl Carlos Carlo Casimir Catherine Katharina Caterina Catalina Charles Christian Clemens Clement Clément
    Constantine Darius David Edward Eduard Édouard Eduardo Edoardo Elizabeth Elisabeth Élisabeth Isabel Isabella
    Enrique Enrico Henrique Eric Erik Ferdinand Fernando Ferdinando Francis François Francisco Francesco Franz
    Frederick Frederik Frédéric Federico Friedrich Fredrik Georg George Georges Giorgio Giovanni Jorge Gregory Gregor
    Grégoire Gregorio Gustav Haakon Harald Heinrich Hendrik Henri Henry Innocent Innozenz Ivan Jakob James Jean João
    Johan Johann Johannes John José Josef Joseph Juan Juliana Julius Karl Karel Konrad Lars Leo Léon León Leone Leopold
    Léopold Leopoldo Louis Ludwig Ludvig Luigi Luis Luís Manuel Margaret Margarethe Margrethe Maria Mary Maximilian
    Mehmed Murad Napoleon Napoléon Napoleone Napoleón Nicholas Nicolas Nicolás Nikolaus Nikolai Olav Oscar Oskar Otto
    Paul Paulo Pablo Paolo Paulus Pedro Peter Pierre Philip Philipp Philippe Felipe Filippo Filipe Pius Pie Pío Pio
    Ramses Ramesses Richard Ricardo Riccardo Robert Rudolf Selim Sigismund Stanisław Stefan Stephen Suleiman Sverre
    Theodor Theodosius Thutmose Umberto Urban Urbano Valdemar Victor Viktor Vittorio Vilhelm Waldemar Wilhelm
    Wilhelmina Wilhelmus Willem William Guillaume Guillermo Guglielmo Guilherme Władysław Xerxes Zygmunt
    Aleksander Benedykt Bolesław Elżbieta Fryderyk Henryk Jan Jerzy Karol Kazimierz Katarzyna Ludwik Mikołaj Napoleon
    Paweł Piotr Pius Ryszard Wilhelm Wiktor
    Александр Алексей Бенедикт Вильгельм Генрих Георг Густав Екатерина Екатерины Елизавета Елизаветы Иван Иоанн Карл
    Карла Людовик Людовика Людвиг Максимилиан Наполеон Наполеона Николай Николая Павел Павла Пётр Петр Петра Пий
    Рамзес Ричард Рудольф Филипп Фридрих Эдуард Якоб Александра Ивана
"""
MONARCHS = frozenset(_NAMES.split())
"""As they stand in the languages that Mynah reads best; a genitive's s is no part of them."""
