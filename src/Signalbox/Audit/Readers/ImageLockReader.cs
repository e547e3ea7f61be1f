using System.Text;
using Signalbox.Audit.Images;
using Signalbox.Delivery;

namespace Signalbox.Audit.Readers;

/// <summary>
/// <c>images.lock</c> beside <c>signalbox.yaml</c>: a line <c>NAME:TAG DIGEST</c> for each image.
/// <c>signalbox audit --online --write-lock</c> writes it.
/// </summary>
internal sealed class ImageLockReader : Reader
{
    public const string Path = "images.lock";

    /// <summary>The first line of a file that is written here.</summary>
    public const string Head = "# digests of the images in use, as their registries had them; written by: signalbox audit --online --write-lock";

    public override bool Claims(string path) => path == Path;

    public override void Read(SourceFile file, DocumentSink documents)
    {
        foreach (var entry in Parse(file.Text.Content)) documents.Add(entry);
    }

    /// <summary>What the lines say; a line that is none of that form says nothing.</summary>
    internal static IEnumerable<TagDigest> Parse(string text)
    {
        foreach (var line in text.Split('\n').Where(l => !l.StartsWith('#')))
            if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var name, var said] && Digest.TryParse(said, out var digest) && WrittenImage.Parse(name) is { Tag: not null } image && ImageTag.Of(image) is { } tag)
                yield return new(tag, digest);
    }

    internal static string Write(IEnumerable<TagDigest> entries)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var line in entries.Select(e => $"{e.Image} {e.Digest}").Order(StringComparer.Ordinal)) text.Append(line).Append('\n');
        return text.ToString();
    }
}
