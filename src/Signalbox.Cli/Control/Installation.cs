using System.Text.Json;
using Signalbox.Api;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Control;

/// <summary>Where an installation keeps everything; its owner alone may enter it (mode 0700).</summary>
internal sealed record Installation(string Path)
{
    /// <summary>One of these is there from the first moment on.</summary>
    private static readonly string[] s_marks = ["host.log", "serve.log", "host.lock", "host.id", "control.lock", "ledger.db"];

    public string TokenFile => Join("token");

    public string ControlFile => Join("control.json");

    public string HostLog => Join("host.log");

    public string ServeLog => Join("serve.log");

    public string HostPid => Join("host.pid");

    public string HostSocket => Join("host.sock");

    /// <summary>Whether a control plane has ever run on it.</summary>
    public bool HasLedger => File.Exists(Join("ledger.db"));

    public bool Exists => Directory.Exists(Path);

    /// <param name="chosen">What <c>--state</c> said.</param>
    public static Installation At(string? chosen)
    {
        var path = FirstOf(chosen, Environment.GetEnvironmentVariable("SIGNALBOX_STATE"))
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "signalbox");
        return new(System.IO.Path.GetFullPath(path));
    }

    /// <summary>Makes the directory where it is missing. One that is somebody's already becomes no state directory: it would be closed to others, and deleted with the data.</summary>
    /// <exception cref="Diagnostics.SignalboxException">It holds things, and nothing of an installation.</exception>
    public void Create()
    {
        if (Exists && Directory.EnumerateFileSystemEntries(Path).Any() && !Array.Exists(s_marks, mark => File.Exists(Join(mark))))
            throw new Diagnostics.SignalboxException(ExitCode.No, Diagnostics.Finding.Error(
                "state-foreign", $"{Path} is not empty and is no state directory; expected an empty one, a new one, or one of an installation", new(Path), $"--state {Join(".signalbox-state")}"));
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Only a directory that looks like a state directory is deleted.</summary>
    public void Delete()
    {
        if (!LooksOurs())
            throw new Diagnostics.SignalboxException(ExitCode.No, Diagnostics.Finding.Error(
                "state-foreign", $"{Path} holds neither ledger.db with control.lock nor host.id with instances, so it is not deleted; expected a state directory", new(Path), "signalbox down"));
        Remove();
    }

    /// <summary>Deletes a directory that is ours by construction, also where its daemons never started.</summary>
    public void Remove()
    {
        RemoveTree(SupervisionPaths.SharedWorkloadsOf(Path));
        RemoveTree(Path);
    }

    private static void RemoveTree(string root)
    {
        if (!Directory.Exists(root)) return;
        // unpacked artifacts are read-only directories; a workload's links may lead anywhere and are not followed
        var own = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var directory in Directory.EnumerateDirectories(root, "*", own))
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.UserWrite);
        Directory.Delete(root, recursive: true);
    }

    private bool LooksOurs() =>
        (File.Exists(Join("ledger.db")) && File.Exists(Join("control.lock"))) || (File.Exists(Join("host.id")) && Directory.Exists(Join("instances")));

    /// <returns>Null where no control plane runs on this directory.</returns>
    public ControlPlaneFile? RunningControlPlane()
    {
        var file = ReadControlFile();
        return file is not null && ProcessIdentity.IsRunning(file.ProcessId, file.ProcessStart) ? file : null;
    }

    private ControlPlaneFile? ReadControlFile()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ControlFile), ApiJson.Default.ControlPlaneFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public string Join(string name) => System.IO.Path.Combine(Path, name);

    private static string? FirstOf(params string?[] choices) => Array.Find(choices, choice => !string.IsNullOrEmpty(choice));
}
