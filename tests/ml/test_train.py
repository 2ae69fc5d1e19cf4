"""Recipes, training and export in small: everything runs, learns, continues after a stop, and exports what it computes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from ml.emotions import EXPRESSIONS  # noqa: E402
from ml.expression.classifier import WEIGHTS, ExpressionClassifier  # noqa: E402
from ml.expression.dataset import Faces  # noqa: E402
from ml.train import keel  # noqa: E402
from ml.train.augment import augment, mixup  # noqa: E402
from ml.train.blocks import resize  # noqa: E402
from ml.train.command import begin_with  # noqa: E402
from ml.train.command import run as train_command  # noqa: E402
from ml.train.ensemble import Ensemble, ensemble_of  # noqa: E402
from ml.train.export import Record, quantise, write_onnx, write_record  # noqa: E402
from ml.train.loop import Run, learning_rate, loss_of, side_at, targets, train  # noqa: E402
from ml.train.recipe import NO_AUGMENTATION, Augmentation, Recipe  # noqa: E402
from ml.train.recipes import RECIPES  # noqa: E402
from ml.train.restore import restore  # noqa: E402
from ml.train.ship import Trial, choose, temperature  # noqa: E402
from ml.train.teacher import answers, with_answers  # noqa: E402
from ml.train.together import train_together  # noqa: E402

pytestmark = pytest.mark.train


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Seven easy classes: the place of a bright bar tells the class."""
    rng = np.random.default_rng(2)
    label = np.arange(210) % 7
    images = rng.integers(0, 120, (210, 48, 48)).astype(np.uint8)
    for row, k in enumerate(label):
        images[row, 6 * k : 6 * k + 8] += 120
    votes = 1 + 8 * np.eye(7, dtype=np.int64)[label]
    return Faces(images, label, votes, votes.sum(axis=1), np.zeros(210, np.int64))


TINY = Recipe(
    "keel",
    lambda: keel.network(4),
    epochs=8,
    batch=30,
    ema=0.9,
    augmentation=replace(NO_AUGMENTATION, noise=0.5),
    sizes=((0.0, 32), (0.5, 48)),
)


@pytest.mark.parametrize("name", [name for name in RECIPES if not name.endswith("-gpu")])
def test_every_network_maps_grey_faces_to_two_heads(name: str) -> None:
    network = RECIPES[name].network()
    for out in network(torch.rand(2, 1, 48, 48) * 255):
        assert out.shape == (2, len(EXPRESSIONS))
        assert torch.isfinite(out).all()


@pytest.mark.parametrize(("name", "convolutions"), [("vgg16", 13), ("vgg19", 16), ("resnet50", 53), ("mobilenet", 27)])
def test_the_seeds_networks_have_their_layers(name: str, convolutions: int) -> None:
    found = [m for m in RECIPES[name].network().modules() if isinstance(m, torch.nn.Conv2d)]
    assert len(found) == convolutions


def test_vgg_ends_in_three_layers_with_dropout_for_each_head() -> None:
    head = RECIPES["vgg19"].network().label
    assert sum(isinstance(m, torch.nn.Linear) for m in head) == 3
    assert sum(isinstance(m, torch.nn.Dropout) for m in head) == 2


def test_training_learns(faces: Faces, tmp_path: Path) -> None:
    run = train(TINY, faces, faces, tmp_path)
    assert run.history[-1]["loss"] < run.history[0]["loss"]
    assert run.history[-1]["label"] > 0.5  # chance is 0.14
    assert run.images == 8 * 210


def test_a_stopped_run_continues_and_ends_where_an_unbroken_one_does(faces: Faces, tmp_path: Path) -> None:
    whole = train(TINY, faces, faces, tmp_path / "whole")

    class Stopped(Exception):
        pass

    def stop(progress: float) -> None:
        if progress >= 0.5:  # in the middle of a pass: that pass is done again
            raise Stopped

    with pytest.raises(Stopped):
        train(TINY, faces, faces, tmp_path / "part", tick=stop)
    part = train(TINY, faces, faces, tmp_path / "part")
    assert [line["epoch"] for line in part.history] == [line["epoch"] for line in whole.history]
    for a, b in zip(part.average.state_dict().values(), whole.average.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b)


def test_a_checkpoint_of_another_recipe_is_refused(faces: Faces, tmp_path: Path) -> None:
    train(replace(TINY, epochs=1), faces, faces, tmp_path)
    with pytest.raises(ValueError, match="belongs to"):
        Run.start(replace(TINY, name="other"), tmp_path)


def test_processes_that_train_together_learn_one_model(faces: Faces, tmp_path: Path) -> None:
    run = train_together(TINY, faces, faces, tmp_path, workers=2)
    assert run.images >= 8 * 210 * 0.8
    assert run.history[-1]["label"] > 0.5


def test_the_two_heads_have_their_own_targets(faces: Faces) -> None:
    changed = targets(replace(faces, label=(faces.label + 1) % 7), TINY)
    plain = targets(faces, TINY)
    torch.testing.assert_close(plain.votes, changed.votes)
    assert not torch.allclose(plain.label, changed.label)
    torch.testing.assert_close(plain.label.argmax(1), torch.from_numpy(faces.label))


def test_a_pupil_learns_its_teachers_answers_where_the_labels_say_nothing(faces: Faces, tmp_path: Path) -> None:
    teacher = Ensemble([train(TINY, faces, faces, tmp_path / "teacher").average], [48])
    noise = np.random.default_rng(5).permutation(faces.label)
    blind = replace(faces, label=noise, votes=np.ones_like(faces.votes), total=np.full(210, 7))
    pupil = train(replace(TINY, taught=(1.0, 1.0)), blind, faces, tmp_path / "pupil", teacher=teacher)
    assert pupil.history[-1]["label"] > 0.5  # chance is 0.14, and chance is all that its own labels teach
    assert train(TINY, blind, faces, tmp_path / "alone").history[-1]["label"] < 0.4


def test_finished_runs_are_served_together_each_at_the_side_it_ended_with(tmp_path: Path) -> None:
    for side in (32, 40):
        run = Run.start(replace(TINY, network=keel.network, seed=side), tmp_path / str(side))
        run.history.append({"side": float(side)})
        run.save()
    both = ensemble_of([tmp_path / "32", tmp_path / "40"])
    assert both.sides == (32, 40)
    assert not both.training


def test_a_new_run_begins_with_a_finished_ones_weights_and_a_stopped_one_keeps_its_own(tmp_path: Path) -> None:
    recipe = replace(TINY, network=keel.network)
    finished = Run.start(recipe, tmp_path / "finished")
    finished.save()
    begin_with(tmp_path / "finished", replace(recipe, seed=8), tmp_path / "new")
    new = Run.start(replace(recipe, seed=8), tmp_path / "new")
    torch.testing.assert_close(new.network.votes.weight, finished.average.votes.weight)
    torch.testing.assert_close(new.average.votes.weight, finished.average.votes.weight)
    torch.nn.init.zeros_(new.network.votes.weight)
    new.step = 5
    new.save()
    begin_with(tmp_path / "finished", recipe, tmp_path / "new")
    assert not Run.start(recipe, tmp_path / "new").network.votes.weight.any()
    with pytest.raises(ValueError, match="another network"):
        begin_with(tmp_path / "finished", TINY, tmp_path / "other")


def test_answers_are_shares_that_a_mirror_image_does_not_change(faces: Faces) -> None:
    torch.manual_seed(3)
    network = keel.network(4)
    images = torch.from_numpy(faces.images[:12])
    for head, mirrored in zip(answers(network, images, 5), answers(network, images.flip(2), 12), strict=True):
        torch.testing.assert_close(head.sum(1), torch.ones(12))
        torch.testing.assert_close(head, mirrored, atol=1e-5, rtol=0)


def test_a_row_keeps_its_weight_beside_a_teacher() -> None:
    target, answer = torch.tensor([[0.5, 0.0], [0.0, 2.0]]), torch.tensor([[0.2, 0.8], [0.6, 0.4]])
    torch.testing.assert_close(with_answers(target, answer, 0.5), torch.tensor([[0.3, 0.2], [0.6, 1.4]]))


@pytest.mark.parametrize(
    ("recipe", "teachers", "said"),
    [("keel-taught", [], "--taught-by"), ("keel", ["run"], "leave"), ("keel-taught", ["run"], "checkpoint.pt")],
)
def test_teachers_are_asked_for_where_a_recipe_has_them(
    recipe: str, teachers: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=said):
        train_command(recipe, None, tmp_path, teachers=[tmp_path / name for name in teachers])


def test_the_loss_is_soft_cross_entropy() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.25, 0.25]]))
    wanted = torch.tensor([[1.0, 0.0, 0.0]])
    assert float(loss_of((logits, logits), (wanted, 0.5 * wanted))) == pytest.approx(1.5 * np.log(2))


def test_the_rate_rises_once_and_falls_to_nothing() -> None:
    rates = [learning_rate(p, TINY) for p in np.linspace(0, 1, 101)]
    peak = int(np.argmax(rates))
    assert rates[peak] == pytest.approx(TINY.learning_rate, rel=1e-3)
    assert rates == sorted(rates[: peak + 1]) + sorted(rates[peak + 1 :], reverse=True)
    assert rates[-1] == pytest.approx(0, abs=1e-6)
    assert [side_at(p, TINY) for p in (0, 0.49, 0.5, 1)] == [32, 32, 48, 48]


def test_without_augmentation_a_batch_is_left_as_it_is(faces: Faces) -> None:
    images = torch.from_numpy(faces.images[:8])
    torch.testing.assert_close(augment(images, NO_AUGMENTATION, 48)[:, 0], images.float(), atol=0.01, rtol=0)


@pytest.mark.parametrize(
    "how",
    [
        {"flip": True},
        {"rotate": 20.0},
        {"scale": 0.2},
        {"shift": 0.1},
        {"gamma": 0.4},
        {"contrast": 0.4},
        {"brightness": 0.2},
        {"blur": 1.0},
        {"noise": 1.0},
        {"erase": 1.0},
    ],
)
def test_each_change_changes_faces_and_stays_a_picture(faces: Faces, how: dict[str, float]) -> None:
    torch.manual_seed(0)
    images = torch.from_numpy(faces.images[:16])
    changed = augment(images, replace(NO_AUGMENTATION, **how), 48)  # type: ignore[arg-type]
    assert (changed[:, 0] - images.float()).abs().mean() > 0.5
    assert torch.isfinite(changed).all()
    assert augment(images, Augmentation(), 40).shape == (16, 1, 40, 40)


def test_mixup_blends_picture_and_targets_alike() -> None:
    torch.manual_seed(0)
    x, wanted = torch.eye(4), torch.eye(4)
    blended, (target,) = mixup(x, (wanted,), 0.4)
    torch.testing.assert_close(blended, target)
    torch.testing.assert_close(target.sum(1), torch.ones(4))


def test_onnxruntime_computes_what_torch_computes(faces: Faces, tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = keel.network(8)
    for _ in range(3):  # batch statistics that are not those of a fresh network
        network(torch.rand(16, 1, 48, 48) * 255)
    network.eval()
    path = tmp_path / "net.onnx"
    write_onnx(network, path, name="keel", version="9.9.9")
    assert b"site-packages" not in path.read_bytes(), "folders of the machine that trained"
    write_record(path, Record("keel", "9.9.9", True, 1.0, 1.0, 0.3))
    crops = faces.images[:40]
    with torch.no_grad():
        x = torch.from_numpy(crops).float().unsqueeze(1)
        expected = [(a + b) / 2 for a, b in zip(network(x), network(x.flip(3)), strict=True)]
    for ours, theirs in zip(ExpressionClassifier(path).logits(crops), expected, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-4)


def test_int8_keeps_the_meaning_and_nearly_the_numbers(faces: Faces, tmp_path: Path) -> None:
    torch.manual_seed(1)
    run = train(replace(TINY, epochs=4), faces, faces, tmp_path / "run")
    exact, small = tmp_path / "exact.onnx", tmp_path / "small.onnx"
    write_onnx(run.average.eval(), exact, name="keel", version="9.9.9")
    quantise(exact, small, faces.images)
    for path in (exact, small):
        write_record(path, Record("keel", "9.9.9", False, 1.0, 1.0, 0.3))
    a, b = (ExpressionClassifier(path).predict(faces.images) for path in (exact, small))
    assert not np.array_equal(a, b)
    assert np.abs(a - b).mean() < 0.05


def test_the_temperature_that_was_applied_is_found_again() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1, (20_000, 7))
    chances = np.exp(logits / 0.5)
    chances /= chances.sum(axis=1, keepdims=True)
    truth = (chances.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    assert temperature(logits, truth) == pytest.approx(0.5, rel=0.03)


def test_what_is_shipped_follows_from_the_trials() -> None:
    exact, small = Path("exact"), Path("small")

    def chosen(
        mirror_gain: float, int8_loss: float, int8_ms: float, small_gain: float | None = None
    ) -> tuple[str, bool]:
        best = choose(
            [
                Trial(exact, False, 0.70, 0.88, 1.0),
                Trial(exact, True, 0.70, 0.88 + mirror_gain, 2.0),
                Trial(small, False, 0.70 - int8_loss, 0.88, int8_ms),
                Trial(
                    small,
                    True,
                    0.70 - int8_loss,
                    0.88 + (mirror_gain if small_gain is None else small_gain),
                    2 * int8_ms,
                ),
            ]
        )
        return best.weights.name, best.mirror

    assert chosen(0.01, 0.001, 0.4) == ("small", True)
    assert chosen(0.0, 0.001, 0.4) == ("small", False)
    assert chosen(-0.01, 0.001, 0.4) == ("small", False)
    assert chosen(0.01, 0.004, 0.4) == ("exact", True)  # int8 lost too much
    assert chosen(0.01, 0.0, 1.4) == ("exact", True)  # int8 was not faster
    assert chosen(0.01, 0.001, 0.4, small_gain=0.0) == ("small", False)  # the mirror pays in full precision only


def test_an_ensemble_is_the_mean_of_its_members_each_at_its_own_side(faces: Faces) -> None:
    torch.manual_seed(3)
    first, second = keel.network(4).eval(), keel.network(4).eval()
    x = torch.from_numpy(faces.images[:5]).float().unsqueeze(1)
    with torch.no_grad():
        together = Ensemble([first, second], [32, 40])(x)
        apart = first(resize(x, 32)), second(resize(x, 40))
    for head in (0, 1):
        assert torch.allclose(together[head], (apart[0][head] + apart[1][head]) / 2, atol=1e-6)
    assert not torch.allclose(together[0], apart[0][0])


def test_the_served_weights_become_runs_that_answer_alike_and_train_on(faces: Faces, tmp_path: Path) -> None:
    served = ExpressionClassifier()
    smooth = torch.nn.functional.interpolate(torch.rand(40, 1, 6, 6) * 255, size=48, mode="bicubic").clamp(0, 255)
    pictures = smooth[:, 0].to(torch.uint8)

    runs = restore(WEIGHTS, pictures.numpy(), tmp_path)

    with torch.no_grad():
        votes, label = ensemble_of(runs)(pictures.float().unsqueeze(1))
    for restored, wanted in zip((votes, label), served.logits(pictures.numpy()), strict=True):
        assert np.abs(restored.numpy() - wanted).mean() < 0.1 * wanted.std()  # int8 computes with rounded activations
    # Batch normalisation has its statistics again: a step of training begins where the served network stands.
    network = Run.start(keel.FURTHER, runs[0]).network.train()
    network.dropout.p = 0.0
    with torch.no_grad():
        stepping = network(resize(pictures.float().unsqueeze(1), 40))[0]
        steady = network.eval()(resize(pictures.float().unsqueeze(1), 40))[0]
    assert (stepping - steady).abs().mean() < 0.2 * steady.std()


def test_a_network_is_served_at_the_side_it_was_trained_at(faces: Faces, tmp_path: Path) -> None:
    network = keel.network(4).eval()
    path = tmp_path / "net.onnx"
    write_onnx(network, path, name="keel", version="9.9.9", side=40)
    write_record(path, Record("keel", "9.9.9", False, 1.0, 1.0, 0.3))
    x = torch.from_numpy(faces.images[:4])
    with torch.no_grad():
        expected = network(augment(x, NO_AUGMENTATION, 40))[0]  # what training saw, without random changes
    np.testing.assert_allclose(ExpressionClassifier(path).logits(faces.images[:4])[0], expected.numpy(), atol=1e-3)
