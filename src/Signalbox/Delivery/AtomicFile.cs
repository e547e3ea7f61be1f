namespace Signalbox.Delivery;

/// <summary>Files that are there whole or not at all, whoever reads and whenever the writer ends.</summary>
internal static class AtomicFile
{
    /// <summary>Of a file that belongs into a repository: the owner's to write, everybody's to read.</summary>
    public const UnixFileMode ForAll = ForOwner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Through a file beside it. The directory is made where it is missing; what a link leads to is left alone.</summary>
    /// <param name="mode">Of a new file and of one that takes another's place; the owner's alone unless told.</param>
    public static void Write(string path, byte[] content, UnixFileMode mode = ForOwner) =>
        Write(path, file =>
        {
            file.Write(content);
            return true;
        }, mode);

    /// <param name="fill">Writes the content; where it says false, or throws, the file stays as it was.</param>
    /// <returns>What <paramref name="fill"/> said.</returns>
    public static bool Write(string path, Func<FileStream, bool> fill, UnixFileMode mode = ForOwner)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var beside = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode, BufferSize = 0 }))
                if (!fill(file)) return false;
            File.Move(beside, path, overwrite: true);
            return true;
        }
        finally
        {
            // a full disk leaves the file as it was
            File.Delete(beside);
        }
    }
}
