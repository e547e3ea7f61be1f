namespace Signalbox.Server;

/// <summary>
/// Texts that are for people and not for the ledger, one file each in a directory of their own. They go after
/// <see cref="KeptFor"/>, and the oldest where there are more than <see cref="FilesKept"/>.
/// </summary>
internal sealed class ExpiringTexts(string directory, TimeProvider time)
{
    public const int FilesKept = 500;
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public void Keep(string name, string text)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.WriteAllText(FileOf(name), text);
            Expire();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // a full disk loses this text and nothing else
        }
    }

    /// <returns>Null where it was never kept, or has expired.</returns>
    public string? Read(string name)
    {
        try
        {
            return File.ReadAllText(FileOf(name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public string FileOf(string name) => Path.Combine(directory, name + ".log");

    private void Expire()
    {
        var files = new DirectoryInfo(directory).GetFiles("*.log").OrderByDescending(file => file.LastWriteTimeUtc).ToList();
        foreach (var file in files.Where((file, age) => age >= FilesKept || time.GetUtcNow() - file.LastWriteTimeUtc > KeptFor)) file.Delete();
    }
}
