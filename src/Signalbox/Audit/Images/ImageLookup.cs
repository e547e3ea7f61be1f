using System.Collections.Concurrent;
using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Images;

/// <summary>Asks a remote for the digest of every image that a repository names by a tag.</summary>
internal static class ImageLookup
{
    private const int AtOnce = 8;

    // a repository that names more is not asked about to the end: each costs a connection
    private const int Most = 500;

    public static void Ask(Repository repository, IImageRemote remote)
    {
        var file = new SourceFile(ImageLockReader.Path, YamlText.Empty);
        var answers = new ConcurrentBag<TagDigest>();
        var used = UsedImages.Of(repository).Select(ImageTag.Of).OfType<ImageTag>().Distinct().OrderBy(i => i.ToString(), StringComparer.Ordinal).Take(Most);
        Parallel.ForEach(used, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, image =>
        {
            if (remote.Ask(image) is { } digest) answers.Add(new(image, digest));
        });
        var order = 0;
        foreach (var answer in answers.OrderBy(a => a.Image.ToString(), StringComparer.Ordinal)) repository.Add(file, new AskedDigest(answer), order++);
    }
}
