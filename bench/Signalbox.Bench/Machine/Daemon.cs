using System.Diagnostics;
using System.Globalization;

namespace Signalbox.Bench.Machine;

/// <summary>A process of the bench: killed with it, its output kept for the case that it dies early.</summary>
internal sealed class Daemon : IDisposable
{
    private const double TicksPerSecond = 100;
    private readonly Process _process;
    private bool _disposed;

    public Daemon(string log, string program, IReadOnlyDictionary<string, string>? variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, program, .. arguments]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        Interruption.OnInterrupt(Stop);
    }

    public int Id => _process.Id;

    /// <summary>SIGKILL: as a crash.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, and SIGKILL after 10 s.</summary>
    public void Stop()
    {
        if (_disposed || _process.HasExited) return;
        using (var term = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) term.WaitForExit();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) Kill();
    }

    public void Dispose()
    {
        Stop();
        _disposed = true;
        _process.Dispose();
    }

    /// <summary>User and system time of this process, in seconds (proc(5), stat).</summary>
    public double OwnCpuSeconds() => CpuSeconds(_process.Id);

    /// <summary>As <see cref="OwnCpuSeconds"/>, with its children (workers).</summary>
    public double TreeCpuSeconds() => Tree(_process.Id).Sum(CpuSeconds);

    private static double CpuSeconds(int pid) => Stat(pid) is { Length: > 12 } fields ? (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond : 0;

    private static IEnumerable<int> Tree(int root) =>
        Children(root).SelectMany(Tree).Prepend(root);

    private static IEnumerable<int> Children(int pid)
    {
        var path = $"/proc/{pid}/task/{pid}/children";
        return File.Exists(path)
            ? File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture))
            : [];
    }

    /// <summary>The fields from the third on: the second, the name, can hold anything.</summary>
    private static string[] Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
