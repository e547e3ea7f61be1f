namespace Signalbox.Pipelines.Local.Caching;

/// <summary>Files that are there whole or not at all, whoever reads and whenever the writer ends.</summary>
internal static class AtomicFile
{
    /// <summary>Of a file that belongs into a repository: the owner's to write, everybody's to read.</summary>
    public const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Through a file beside it. The directory is made where it is missing.</summary>
    /// <param name="mode">Of a new file and of one that takes another's place; the owner's alone unless told.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var beside = Beside(path);
        try
        {
            using (var file = new FileStream(beside, Options(mode))) file.Write(content);
            File.Move(beside, path, overwrite: true);
        }
        catch (IOException)
        {
            // a full disk leaves the file as it was
            File.Delete(beside);
            throw;
        }
    }

    public static string Beside(string path) => $"{path}.{Guid.NewGuid():N}.new";

    public static FileStreamOptions Options(UnixFileMode mode) => new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode, BufferSize = 0 };
}
