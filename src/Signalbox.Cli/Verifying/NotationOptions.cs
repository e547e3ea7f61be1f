using System.CommandLine;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Cli.Verifying;

/// <summary>Whom Notation signatures are traced back to: a directory laid out as notation has it.</summary>
internal static class NotationOptions
{
    private const int MostFiles = 1000;

    private static readonly string[] s_endings = [".pem", ".crt", ".cer"];

    public static readonly Option<string?> Trust = new("--notation")
    {
        Description = "directory with trustpolicy.json and truststore/x509/TYPE/NAME/ for Notation signatures (default: notation's own)",
        HelpName = "DIR",
    };

    /// <returns>Null where there is no trust policy.</returns>
    /// <exception cref="SignalboxException">The policy is not valid.</exception>
    public static NotationTrust? Of(Session session)
    {
        var directory = session.Get(Trust) ?? Default();
        var file = new[] { "trustpolicy.oci.json", "trustpolicy.json" }.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (file is null) return session.Get(Trust) is null ? null : throw Undecided("notation-policy-missing", $"{directory} holds no trust policy; expected trustpolicy.oci.json or trustpolicy.json", directory);
        try
        {
            return new(NotationPolicy.Read(VerifyOptions.ReadFile(file, "notation-policy")), (type, name) => Store(directory, type, name));
        }
        catch (FormatException e)
        {
            throw Undecided("notation-policy-malformed", $"{file}: {e.Message}", file);
        }
    }

    private static string Default() => RegistryOptions.Variable("NOTATION_CONFIG")
        ?? Path.Combine(RegistryOptions.Variable("XDG_CONFIG_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "notation");

    /// <summary>The files of a named store, as they lie there; a link could lead anywhere and is refused.</summary>
    private static List<byte[]>? Store(string directory, string type, string name)
    {
        var store = new DirectoryInfo(Path.Combine(directory, "truststore", "x509", type, name));
        if (!store.Exists) return null;
        var files = store.EnumerateFiles().Where(file => s_endings.Contains(file.Extension, StringComparer.Ordinal)).OrderBy(file => file.Name, StringComparer.Ordinal).Take(MostFiles).ToList();
        if (store.LinkTarget is not null || files.Exists(file => file.LinkTarget is not null)) throw Undecided("notation-store-link", $"the trust store {type}:{name} is, or holds, a link; expected directories and files", store.FullName);
        return [.. files.Select(file => VerifyOptions.ReadFile(file.FullName, "notation-store"))];
    }

    private static SignalboxException Undecided(string id, string message, string path) => new(ExitCode.Undecided, Finding.Error(id, message, new(path), $"ls -lR {path}"));
}
