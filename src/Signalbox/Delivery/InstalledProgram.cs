namespace Signalbox.Delivery;

/// <summary>
/// Where a program of this machine is. The runtime, given a bare name, looks beside the program that runs and in the current
/// directory before PATH: in somebody's repository that would be the repository's own file of that name.
/// </summary>
public static class InstalledProgram
{
    private const string DefaultSearch = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <param name="name">A bare name, or an absolute path, which stands for itself.</param>
    /// <param name="search">Like PATH, which it is where it is left out. Only absolute folders in it count.</param>
    /// <returns>An absolute path; null where there is none.</returns>
    public static string? Find(string name, string? search = null)
    {
        if (Path.IsPathRooted(name)) return name;
        if (name.Contains('/')) return null;
        return (search ?? Environment.GetEnvironmentVariable("PATH") ?? DefaultSearch).Split(':').Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(IsRunnable);
    }

    /// <summary>Whether there is a file that somebody may execute.</summary>
    public static bool IsRunnable(string path)
    {
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(path) && (File.GetUnixFileMode(path) & execute) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
