using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Images;

/// <summary>Asks a remote for the digest of every image that a repository names by a tag, and pins nowhere.</summary>
internal static class ImageLookup
{
    public static void Ask(Repository repository, IImageRemote remote, CancellationToken cancel)
    {
        var file = new SourceFile(ImageLockReader.Path, YamlText.Empty);
        var pinned = KnownDigests.Pinned(repository);
        var wanted = UsedImages.Of(repository).Select(u => ImageTag.Of(u.Image)).OfType<ImageTag>().Distinct().Where(i => !pinned.ContainsKey(i)).OrderBy(i => i.ToString(), StringComparer.Ordinal);
        var answers = Lookup.Ask(wanted, image => remote.Ask(image, cancel) is { } digest ? new TagDigest(image, digest) : null, cancel);
        var order = 0;
        foreach (var answer in answers.OrderBy(a => a.Image.ToString(), StringComparer.Ordinal)) repository.Add(file, new AskedDigest(answer), order++);
    }
}
