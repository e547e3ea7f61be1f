using System.CommandLine;
using Signalbox.Diagnostics;
using Signalbox.Evidence;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Cli.Verifying;

/// <summary>Whom Notation signatures are traced back to: a directory laid out as notation has it.</summary>
internal static class NotationOptions
{
    public static readonly Option<string?> Trust = new("--notation")
    {
        Description = "directory with trustpolicy.json and truststore/x509/TYPE/NAME/ for Notation signatures (default: notation's own)",
        HelpName = "DIR",
    };

    public static readonly Option<bool> Offline = new("--offline") { Description = "ask nobody whether a Notation signature's certificates were revoked: refused where the trust policy enforces it" };

    /// <returns>Null where there is no trust policy.</returns>
    /// <exception cref="SignalboxException">The policy is not valid, or the directory that was named holds none.</exception>
    public static NotationTrust? Of(Session session)
    {
        var directory = session.Get(Trust) ?? Default();
        try
        {
            return NotationDirectory.Read(directory) is { } trust ? trust
                : session.Get(Trust) is null ? null : throw Undecided("notation-policy-missing", $"{directory} holds no trust policy; expected trustpolicy.oci.json or trustpolicy.json", directory);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw Undecided("notation-policy-malformed", $"{directory}: {e.Message.TrimEnd('.')}", directory);
        }
    }

    private static string Default() => RegistryOptions.Variable("NOTATION_CONFIG")
        ?? Path.Combine(RegistryOptions.Variable("XDG_CONFIG_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "notation");

    private static SignalboxException Undecided(string id, string message, string path) => new(ExitCode.Undecided, Finding.Error(id, message, new(path), $"ls -lR {path}"));
}
