"""What can be wrong with models. The docstring of each class is the sentence that the host reads."""

from __future__ import annotations

from commands.core.errors import MynahError


class ModelError(MynahError):
    """That cannot be done with this model."""


class UnknownModel(ModelError):
    """There is no model {name}. {hint}"""


class LicenceNotAccepted(ModelError):
    """{name} is under {title}. {says} Its text is at {address}. To accept it, add: --accept-license {word}"""


class NoModelRoom(ModelError):
    """{name} needs {need} in {folder}, and {free} can be used there; make room, then pull it again."""


class SourceRefused(ModelError):
    """Models are fetched from where they are published, or from a mirror that you name, and from nowhere else."""


class PullFailed(ModelError):
    """{server} did not give {file}: {why}. 'mynah models pull {name}' goes on from where it stopped."""


class BadServer(ModelError):
    """What {server} gives as {file} is not taken: {why}. Nothing of it was kept."""


class OtherFile(ModelError):
    """{file} from {server} is not the file that it has to be (sha256 {found}, not {wanted}). Nothing of it was kept."""


class RenewedFile(ModelError):
    """{file} from {server} is not the one that came on {date} (sha256 {found}, then {wanted}), and was not kept.
    If its publisher has renewed it, add: --renewed"""


class BadArchive(ModelError):
    """{file} is not unpacked: {why}."""


class PullBusy(ModelError):
    """Models are being pulled or removed already (process {process}); ask again when that is done."""


class OwnFolder(ModelError):
    """{folder} is there already and was not pulled; move it away, then pull {name} again."""


class ModelInUse(ModelError):
    """Mynah is running (process {process}) and may be speaking with {name}; stop it, then ask again."""


class NotRemoved(ModelError):
    """Nothing was removed."""


class ModelDamaged(ModelError):
    """{name} is not as it came: {files}. 'mynah models pull {name}' brings that anew."""
