using Signalbox.Rollouts;

namespace Signalbox.Server;

/// <summary>One file a rollout with the failed instance's last lines; the oldest go when there are more than <see cref="FilesKept"/>.</summary>
internal sealed class FailureLogFiles(string directory, TimeProvider time) : IFailureLogs
{
    private const int FilesKept = 500;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromDays(30);

    public void Keep(string rollout, IReadOnlyList<string> lines)
    {
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllLines(PathOf(rollout), lines);
            Expire();
        }
        catch (IOException)
        {
            // a full disk loses these lines and nothing else
        }
    }

    public IReadOnlyList<string> Read(string rollout)
    {
        try
        {
            return File.ReadAllLines(PathOf(rollout));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private string PathOf(string rollout) => Path.Combine(directory, rollout + ".log");

    private void Expire()
    {
        var files = new DirectoryInfo(directory).GetFiles("*.log").OrderByDescending(file => file.LastWriteTimeUtc).ToList();
        foreach (var file in files.Where((file, age) => age >= FilesKept || time.GetUtcNow() - file.LastWriteTimeUtc > s_keptFor)) file.Delete();
    }
}
