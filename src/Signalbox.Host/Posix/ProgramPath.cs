using Signalbox.Delivery;

namespace Signalbox.Host.Posix;

/// <summary>Finds a command's program as a shell would, seen from the workload's own directory and PATH.</summary>
internal static class ProgramPath
{
    public const string DefaultSearch = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <returns>Null with a reason where there is none.</returns>
    public static string? Find(string name, string workingDirectory, IReadOnlyDictionary<string, string> environment, out string problem)
    {
        problem = "";
        if (name.Contains('/')) return Check(Path.Combine(workingDirectory, name), name, ref problem);
        var search = environment.GetValueOrDefault("PATH") ?? DefaultSearch;
        foreach (var directory in search.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(workingDirectory, directory, name);
            if (InstalledProgram.IsRunnable(path)) return path;
        }
        problem = $"'{name}' is not a program in the workload's PATH ({search})";
        return null;
    }

    private static string? Check(string path, string name, ref string problem)
    {
        if (InstalledProgram.IsRunnable(path)) return path;
        problem = File.Exists(path) ? $"'{name}' may not be executed; it lacks an execute permission" : $"'{name}' does not exist in the artifact";
        return null;
    }
}
