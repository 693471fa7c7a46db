import threading

import pytest

from imsinfo.articles.search.turns import Turns


def test_who_came_first_goes_first():
    turns, went, threads = Turns(), [], []

    def go(number):
        with turns:
            went.append(number)

    with turns:
        for number in range(8):
            threads.append(threading.Thread(target=go, args=(number,)))
            threads[-1].start()
            while turns.waiting <= number and threads[-1].is_alive():
                pass
        early = list(went)
    for thread in threads:
        thread.join()
    assert (early, went) == ([], list(range(8)))


@pytest.mark.parametrize("is_awaited", [False, True])
def test_a_failure_hands_its_turn_on(is_awaited):
    turns, went = Turns(), threading.Event()

    def go():
        with turns:
            went.set()

    def fail():
        with turns:
            if is_awaited:
                thread.start()
            while is_awaited and not turns.waiting and thread.is_alive():
                pass
            raise ValueError("x")

    thread = threading.Thread(target=go, daemon=True)
    with pytest.raises(ValueError, match="x"):
        fail()
    if not is_awaited:
        thread.start()
    assert went.wait(10)
