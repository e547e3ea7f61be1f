using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;

namespace Signalbox.Cli.Deploying;

/// <summary>
/// The JSON Schema of this very program, where the first line of a signalbox.yaml that <c>init</c> wrote tells editors to look: in
/// .signalbox/, which Git does not see and no artifact has. Whoever reads the file puts it there anew, in another checkout too. What a
/// checkout has in its place may be anybody's: a link is left alone, or <c>check</c> would write where it leads.
/// </summary>
internal static class EditorSchema
{
    private const string Folder = ".signalbox", Name = "signalbox.schema.json";

    /// <param name="file">A signalbox.yaml; one that does not ask for it, or a directory that cannot be written, is left alone.</param>
    public static void Place(string file)
    {
        try
        {
            var directory = new DirectoryInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, Folder));
            if (!AsksForIt(file) || directory.LinkTarget is not null) return;
            directory.Create();
            var (ignore, place) = (new FileInfo(Path.Combine(directory.FullName, ".gitignore")), new FileInfo(Path.Combine(directory.FullName, Name)));
            if (ignore is { LinkTarget: null, Exists: false }) AtomicFile.Write(ignore.FullName, "*\n"u8.ToArray(), AtomicFile.ForAll);
            using var schema = new StreamReader(DeliverySchema.Open());
            var text = schema.ReadToEnd();
            if (place.LinkTarget is null && !Has(place, text)) AtomicFile.Write(place.FullName, Encoding.UTF8.GetBytes(text), AtomicFile.ForAll);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // an editor that completes nothing stops no release
        }
    }

    /// <summary>By its first bytes: the file may be a device without an end.</summary>
    private static bool AsksForIt(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        var begin = new byte[DeliveryFileWriter.SchemaLine.Length + 1];
        var read = stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(begin, 0, read).TrimEnd('\r', '\n') == DeliveryFileWriter.SchemaLine;
    }

    /// <summary>What has another length is not read: it may be a pipe, or large.</summary>
    private static bool Has(FileInfo file, string text) => file.Exists && file.Length == Encoding.UTF8.GetByteCount(text) && File.ReadAllText(file.FullName) == text;
}
