using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;

namespace Signalbox.Pipelines.Local;

/// <summary>A container image that a run made.</summary>
/// <param name="Id">The digest of its configuration, which names it on this machine.</param>
/// <param name="Digest">The digest of its manifest in the registry; null where it was not pushed.</param>
internal sealed record BuiltImage(string Job, string Image, Digest Id, Digest? Digest)
{
    /// <summary>As it is pulled for certain.</summary>
    public string? Pinned => Digest is { } digest ? $"{ImageBuilder.RepositoryOf(Image)}@{digest}" : null;
}

/// <summary>How a program that builds images is told to, and what it tells. By each tool's own manual.</summary>
/// <param name="Name">Its program.</param>
/// <param name="WritesDigest">Whether its push writes the digest in a file; Docker's daemon is asked instead.</param>
internal sealed partial record ImageBuilder(string Name, bool WritesDigest)
{
    /// <summary>The first that is installed builds.</summary>
    public static IReadOnlyList<ImageBuilder> All { get; } = [new("buildah", true), new("docker", false), new("podman", true)];

    /// <summary>A script for <c>sh -e</c>: builds, and where asked pushes.</summary>
    /// <param name="program">The builder's path.</param>
    /// <param name="idFile">Where the image's own digest is written.</param>
    /// <param name="digestFile">Where the registry's digest is written.</param>
    public string Script(string program, ImageBuild build, string idFile, string digestFile)
    {
        var (tool, image, digest) = (Words.Quote(program), Words.Quote(build.Image), Words.Quote(digestFile));
        List<string> lines =
        [
            // a run's journal among the layers makes each build another
            "grep -qsE '^/?(\\*|\\.signalbox)' .dockerignore || echo 'signalbox: .signalbox is part of the context; put it into .dockerignore' >&2",
            $"{tool} build --file {Words.Quote(build.From)} --tag {image} --iidfile {Words.Quote(idFile)} .",
        ];
        if (build.Push && WritesDigest) lines.Add($"{tool} push --digestfile {digest} {image}");
        else if (build.Push) lines.AddRange([$"{tool} push {image}", $"{tool} image inspect --format '{{{{range .RepoDigests}}}}{{{{println .}}}}{{{{end}}}}' {image} > {digest}"]);
        return string.Join('\n', lines);
    }

    /// <param name="told">What the builder wrote as the image's digest.</param>
    /// <param name="pushed">What was told of the registry's; null where nothing was pushed.</param>
    /// <exception cref="FormatException">It is no digest, or none of this image's repository.</exception>
    public static BuiltImage Read(PlannedJob job, string told, string? pushed)
    {
        var build = job.Job.Builds!;
        return new(job.Id, build.Image, DigestOf(told.Trim(), build), pushed is null ? null : DigestOf(Pushed(pushed, RepositoryOf(build.Image)), build));
    }

    /// <summary>The name without its tag: a colon behind the last slash begins one, before it is a registry's port.</summary>
    public static string RepositoryOf(string image) => image.LastIndexOf(':') is > 0 and var colon && colon > image.LastIndexOf('/') ? image[..colon] : image;

    /// <summary>A digest alone, or of lines <c>repository@digest</c> the one of this repository; a daemon leaves out docker.io.</summary>
    private static string Pushed(string told, string repository)
    {
        var lines = told.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines is [var only] && !only.Contains('@')) return only;
        string[] names = [repository, HubName().Replace(repository, "")];
        return lines.Select(line => line.Split('@')).FirstOrDefault(parts => parts.Length == 2 && names.Contains(HubName().Replace(parts[0], "")))?[1] ?? "";
    }

    private static Digest DigestOf(string text, ImageBuild build) =>
        Digest.TryParse(text.Length == 64 ? "sha256:" + text : text, out var digest) ? digest : throw new FormatException($"the builder told no digest of {build.Image}");

    [GeneratedRegex("^docker\\.io/(library/)?")]
    private static partial Regex HubName();
}
