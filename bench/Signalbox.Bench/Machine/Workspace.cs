using System.Net;
using System.Net.Sockets;

namespace Signalbox.Bench.Machine;

/// <summary>A directory of its own for one bench, gone after it, and where to find what is measured.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace()
    {
        Root = Directory.CreateTempSubdirectory("signalbox-bench-").FullName;
        // workloads have users of their own
        File.SetUnixFileMode(Root, (UnixFileMode)Convert.ToInt32("755", 8));
        Interruption.OnInterrupt(Dispose);
    }

    public string Root { get; }

    public static string Repository { get; } = FindRepository();

    /// <summary>The program under test: SIGNALBOX_BINARY (bench/run.sh publishes it natively), else what <c>dotnet build</c> made.</summary>
    public static string Signalbox =>
        Environment.GetEnvironmentVariable("SIGNALBOX_BINARY") is { Length: > 0 } path
            ? Path.GetFullPath(path)
            : Path.Combine(Repository, "artifacts", "bin", "Signalbox.Cli", "release", "signalbox");

    public static string AppDirectory => Path.Combine(Repository, "bench", "apps");

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>A directory that workloads may write to.</summary>
    public string SharedDirectory(string name)
    {
        var path = Directory.CreateDirectory(PathOf(name)).FullName;
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("777", 8));
        return path;
    }

    /// <summary>The program's file without its neighbours, in a directory where nothing else is.</summary>
    public string CopyAlone()
    {
        var copy = Path.Combine(Directory.CreateDirectory(PathOf("alone")).FullName, Path.GetFileName(Signalbox));
        File.Copy(Signalbox, copy);
        return copy;
    }

    public static int FreePort() => FreePorts(1)[0];

    /// <summary>Held all at once, so that they differ.</summary>
    public static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var socket in sockets) socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var ports = sockets.Select(s => ((IPEndPoint)s.LocalEndPoint!).Port).ToArray();
        foreach (var socket in sockets) socket.Dispose();
        return ports;
    }

    public void Dispose()
    {
        if (!Directory.Exists(Root)) return;
        // unpacked artifacts are read-only
        foreach (var directory in Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.UserWrite);
        Directory.Delete(Root, recursive: true);
    }

    private static string FindRepository()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            if (File.Exists(Path.Combine(at, "Signalbox.slnx"))) return at;
        throw new InvalidOperationException($"no Signalbox.slnx above {AppContext.BaseDirectory}; run bench/run.sh from a clone");
    }
}
