"""`lib.chapters.film_facts`, as scripts of others know it: `book.chapters.ch14_films` since the house was built."""

from book.chapters.ch14_films import beginning as beginning, film_facts as film_facts
