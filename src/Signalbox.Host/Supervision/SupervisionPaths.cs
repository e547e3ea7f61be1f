using System.Security.Cryptography;
using System.Text;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <summary>
/// Where instances, their logs and their artifacts lie, and whether workloads get users of their own. The state
/// directory is closed to everyone else, so a workload with its own user needs its artifact outside of it.
/// </summary>
internal sealed class SupervisionPaths
{
    /// <summary>Set to 1, workloads run as the user of the host even where that is root.</summary>
    public const string SameUserVariable = "SIGNALBOX_WORKLOADS_SAME_USER";

    private const string SharedRoot = "/var/lib/signalbox-workloads";
    private readonly List<string> _warnings = [];

    /// <param name="stateDirectory">Made with mode 0700 where it is missing.</param>
    /// <param name="workloadsRoot">Where artifacts go when workloads have users of their own; null: under /var/lib.</param>
    /// <param name="separateUsers">Null: yes where this is root, has <c>setpriv</c> and was not told otherwise.</param>
    public SupervisionPaths(string stateDirectory, string? workloadsRoot = null, bool? separateUsers = null)
    {
        State = Path.GetFullPath(stateDirectory);
        SeparateUsers = separateUsers ?? DecideUsers();
        Workloads = SeparateUsers ? workloadsRoot ?? SharedWorkloadsOf(State) : Path.Combine(State, "workloads");
        Directory.CreateDirectory(State, Private);
        if (SeparateUsers && workloadsRoot is null) CreateTraversable(SharedRoot);
        CreateTraversable(Workloads);
        Directory.CreateDirectory(Instances, Private);
        Directory.CreateDirectory(Logs, Private);
        CreateTraversable(Artifacts);
        CreateTraversable(Work);
        if (SeparateUsers) Users = new(Path.Combine(workloadsRoot ?? SharedRoot, "users.json"), State);
    }

    /// <summary>Where the workloads of a state directory lie while services have users of their own.</summary>
    public static string SharedWorkloadsOf(string stateDirectory) => Path.Combine(SharedRoot, Fingerprint(Path.GetFullPath(stateDirectory)));

    public string State { get; }

    /// <summary>The root of what workloads may read.</summary>
    public string Workloads { get; }

    /// <summary>One directory a digest.</summary>
    public string Artifacts => Path.Combine(Workloads, "artifacts");

    /// <summary>One writable directory an instance: its home and temporary files where it has a user of its own.</summary>
    public string Work => Path.Combine(Workloads, "work");

    /// <summary>One directory an instance: what the host and the shim tell each other.</summary>
    public string Instances => Path.Combine(State, "instances");

    public string Logs => Path.Combine(State, "logs");

    public bool SeparateUsers { get; }

    /// <summary>The users of services; null where workloads have the host's.</summary>
    public WorkloadUsers? Users { get; }

    /// <summary>What the operator should know about how workloads are kept apart.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Traversable = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string InstanceDirectory(string id) => Path.Combine(Instances, id);

    public string WorkDirectory(string id) => Path.Combine(Work, id);

    public string LogFile(InstanceSpec spec, string id) => new InstanceLogs(Logs).FileOf(spec.Track, spec.Service, id);

    /// <summary>Deletes logs of stopped instances that are too many or too old.</summary>
    public void PruneLogs(SupervisionTimings timings, IReadOnlyCollection<string> living) =>
        new InstanceLogs(Logs).Prune(timings.KeepLogs, DateTime.UtcNow - timings.KeepLogsFor, living);

    /// <summary>A name as one path segment: whatever could climb or hide is written as %XX.</summary>
    internal static string Segment(string name)
    {
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            var plain = char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'@' || (b == '.' && text.Length > 0);
            _ = plain ? text.Append((char)b) : text.Append('%').Append(b.ToString("X2"));
        }
        return text.ToString();
    }

    /// <summary>Whether a host started here gives each service a user of its own.</summary>
    public static bool CanSeparateUsers => MayHaveUsers && WorkloadUser.SetprivPath is not null;

    private static bool MayHaveUsers => Environment.GetEnvironmentVariable(SameUserVariable) != "1" && Libc.EffectiveUserId() == 0;

    private bool DecideUsers()
    {
        if (!MayHaveUsers)
            return WarnShared("workloads run as the user of the host: an application can read the state directory and control Signalbox");
        return CanSeparateUsers
            || WarnShared("setpriv (util-linux) is missing: workloads run as root and can control Signalbox and this machine");
    }

    private bool WarnShared(string warning)
    {
        _warnings.Add(warning);
        return false;
    }

    private static string Fingerprint(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16];

    private static void CreateTraversable(string path)
    {
        Directory.CreateDirectory(path, Traversable);
        File.SetUnixFileMode(path, Traversable);
    }
}
