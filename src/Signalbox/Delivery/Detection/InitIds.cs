namespace Signalbox.Delivery.Detection;

/// <summary>The ids of what <c>init</c> has to say: stable, and each explained in docs/init.md.</summary>
internal static class InitIds
{
    public const string NothingFound = "init-nothing-found";
    public const string FileSkipped = "init-file-skipped";
    public const string NotReadable = "init-not-readable";
    public const string AlsoFound = "init-also-found";
    public const string PortFixed = "init-port-fixed";
    public const string NoLockFile = "init-no-lock-file";
    public const string EnvironmentFile = "init-environment-file";
    public const string DataInside = "init-data-inside";
    public const string DevelopmentServer = "init-development-server";
    public const string ProgramMissing = "init-program-missing";
    public const string NeedsChange = "init-needs-change";

    public static IReadOnlyList<string> All { get; } =
        [NothingFound, FileSkipped, NotReadable, AlsoFound, PortFixed, NoLockFile, EnvironmentFile, DataInside, DevelopmentServer, ProgramMissing, NeedsChange];
}
