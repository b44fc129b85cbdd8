"""The part of a world builder that makes images and log groups."""

from __future__ import annotations

from typing import Self

from wizard.lab import oci
from wizard.lab.building.base import Base


class Images(Base):
    """ECR repositories with images in them, and where the containers log to."""

    def repository(
        self, name: str = "team/app", tags: tuple[str, ...] | list[str] = ("v1",)
    ) -> Self:
        """An ECR repository with an image for each tag; :attr:`image` is then the first of them."""
        made = self.client("ecr").create_repository(repositoryName=name)
        uri = made["repository"]["repositoryUri"]
        for tag in tags:
            self.push(name, tag)
        self.image = f"{uri}:{tags[0] if tags else 'latest'}"
        return self

    def push(
        self,
        name: str,
        tag: str,
        *,
        architecture: str = "amd64",
        labels: dict[str, str] | None = None,
        index: bool = False,
        account: str | None = None,
        region: str | None = None,
    ) -> str:
        """Pushes an image through ECR's own calls; gives its digest.

        ``index`` puts a manifest list in front of it; ``account`` and ``region`` say whose
        registry it goes to, if not the world's own.
        """
        ecr = self.elsewhere("ecr", account, region)
        image = oci.make(f"{name}:{tag}", architecture, labels)
        for digest, blob in image.blobs:
            upload = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
            ecr.upload_layer_part(
                repositoryName=name,
                uploadId=upload,
                partFirstByte=0,
                partLastByte=len(blob) - 1,
                layerPartBlob=blob,
            )
            ecr.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[digest])
        given = {"imageManifest": image.manifest.decode(), "imageManifestMediaType": oci.MANIFEST}
        if index:
            ecr.put_image(repositoryName=name, imageDigest=image.digest, **given)
            listed = oci.index(image, architecture).decode()
            given = {"imageManifest": listed, "imageManifestMediaType": oci.INDEX}
        ecr.put_image(repositoryName=name, imageTag=tag, **given)
        return image.digest

    def log_group(self, name: str = "/ecs/web") -> Self:
        """A CloudWatch log group."""
        self.client("logs").create_log_group(logGroupName=name)
        self.logs = name
        return self
