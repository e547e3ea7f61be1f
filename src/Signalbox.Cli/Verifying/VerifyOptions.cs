using System.CommandLine;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Cli.Verifying;

/// <summary>Options that verbs about signed evidence share, and what they mean.</summary>
internal static class VerifyOptions
{
    public static readonly Option<string[]> ArtifactDigest = new("--artifact-digest")
    {
        Description = "digest of the artifact; may be given once for each algorithm",
        HelpName = "sha256:HEX",
    };

    public static readonly Option<string?> TrustedRoot = new("--trusted-root")
    {
        Description = "a Sigstore trusted_root.json (default: the public-good instance's, as this program was built with)",
        HelpName = "FILE",
    };

    public static readonly Option<string?> Source = new("--source") { Description = "repository that the artifact must be built from", HelpName = "github.com/OWNER/REPO" };

    public static readonly Option<string?> Branch = new("--branch") { Description = "branch that must be built; a build of a tag is refused", HelpName = "NAME" };

    public static readonly Option<string?> Tag = new("--tag") { Description = "tag that must be built, exact; a build of a branch is refused", HelpName = "NAME" };

    public static readonly Option<string?> VersionedTag = new("--versioned-tag") { Description = "semantic version that the tag must match; v14 is matched by v14.2", HelpName = "vN[.N[.N]]" };

    public static readonly Option<string?> BuilderId = new("--builder-id")
    {
        Description = "builder that must have built it, with or without @VERSION (default: any of slsa-framework/slsa-github-generator)",
        HelpName = "URI",
    };

    public static readonly Option<string?> RegistryKeys = new("--registry-keys") { Description = "for a list of npm attestations: the registry's keys.json", HelpName = "FILE" };

    public static readonly Option<string?> PackageName = new("--package-name") { Description = "for a list of npm attestations: the package", HelpName = "NAME" };

    public static readonly Option<string?> PackageVersion = new("--package-version") { Description = "for a list of npm attestations: its version", HelpName = "VERSION" };

    public static readonly Option<int> Level = new("--level") { Description = "lowest SLSA build level that is enough", HelpName = "0-3" };

    /// <exception cref="SignalboxException">One is malformed, or two of one algorithm contradict each other: no artifact has both.</exception>
    public static IReadOnlyList<ArtifactDigest> DigestsOf(Session session)
    {
        List<ArtifactDigest> digests = [.. (session.Get(ArtifactDigest) ?? []).Select(ParseDigest).Distinct()];
        return digests.GroupBy(digest => digest.Algorithm).FirstOrDefault(group => group.Count() > 1) is not { } twice ? digests
            : throw new SignalboxException(ExitCode.Usage, Finding.Error("usage", $"{ArtifactDigest.Name} says {string.Join(" and ", twice)}, which no artifact has both; expected one for each algorithm", new("command line"), "sha256sum FILE"));
    }

    /// <summary>The trusted root that was named, or the one this program was built with.</summary>
    /// <exception cref="SignalboxException">It cannot be read, so nothing can be decided.</exception>
    public static TrustedRoot TrustedRootOf(Session session)
    {
        if (session.Get(TrustedRoot) is not { } path) return Evidence.Verification.Trust.TrustedRoot.PublicGood();
        try
        {
            return Evidence.Verification.Trust.TrustedRoot.Read(ReadFile(path, "trusted-root"));
        }
        catch (FormatException e)
        {
            throw Undecided("trusted-root-malformed", $"{path}: {e.Message}", path, "signalbox verify bundle --help");
        }
    }

    public static ProvenancePolicy? ProvenanceOf(Session session) => Given(session, Source) is not { } source ? null : new(source)
    {
        Branch = Given(session, Branch),
        Tag = Given(session, Tag),
        VersionedTag = Given(session, VersionedTag),
        BuilderId = Given(session, BuilderId),
        MinimumLevel = session.Get(Level),
        Package = Given(session, RegistryKeys) is { } keys ? new(Given(session, PackageName), Given(session, PackageVersion), ReadKeys(keys)) : null,
    };

    /// <summary>What is asked of provenance needs the source that it must be of; without it nothing would be asked.</summary>
    /// <exception cref="SignalboxException">An option stands without the one that it needs.</exception>
    public static void CheckTogether(Session session)
    {
        if (Given(session, Source) is null)
            foreach (var option in new[] { Branch, Tag, VersionedTag, BuilderId, RegistryKeys, PackageName, PackageVersion })
                if (Given(session, option) is not null) throw Needs(option.Name, Source.Name);
        if (Given(session, Source) is null && session.Get(Level) != 0) throw Needs(Level.Name, Source.Name);
        if (Given(session, RegistryKeys) is null)
            foreach (var option in new[] { PackageName, PackageVersion })
                if (Given(session, option) is not null) throw Needs(option.Name, RegistryKeys.Name);
    }

    private static SignalboxException Needs(string option, string other) =>
        new(ExitCode.Usage, Finding.Error("usage", $"{option} needs {other}; without it nothing would be asked", new("command line"), "signalbox verify --help"));

    /// <exception cref="SignalboxException">The file cannot be read.</exception>
    public static byte[] ReadFile(string path, string what)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Undecided($"{what}-unreadable", $"{path} cannot be read: {e.Message.TrimEnd('.')}", path, $"ls -l {path}");
        }
    }

    /// <summary>A public key in PEM.</summary>
    /// <exception cref="SignalboxException">The file cannot be read, or holds no key.</exception>
    public static TrustedKey ReadKey(string path)
    {
        try
        {
            return TrustedKey.FromPem(System.Text.Encoding.UTF8.GetString(ReadFile(path, "key")));
        }
        catch (FormatException e)
        {
            throw Undecided("key-malformed", $"{path}: {e.Message}", path, "openssl pkey -pubin -in FILE -text -noout");
        }
    }

    /// <summary>All of the witnesses that are named must have signed.</summary>
    public static WitnessPolicy WitnessesOf(string[] keys)
    {
        try
        {
            return new([.. keys.Select(Witness.Parse)], keys.Length);
        }
        catch (FormatException e)
        {
            throw new SignalboxException(ExitCode.Usage, Finding.Error("witness-malformed", e.Message, new("command line"), "signalbox verify --help"));
        }
    }

    private static RegistryKeys ReadKeys(string path)
    {
        try
        {
            return Evidence.Verification.Provenance.RegistryKeys.Read(ReadFile(path, "registry-keys"));
        }
        catch (FormatException e)
        {
            throw Undecided("registry-keys-malformed", $"{path}: {e.Message}", path, "signalbox verify bundle --help");
        }
    }

    private static ArtifactDigest ParseDigest(string text) => Evidence.Verification.ArtifactDigest.TryParse(text, out var digest)
        ? digest!
        : throw new SignalboxException(ExitCode.Usage, Finding.Error(
            "digest-malformed", $"'{text}' is not a digest; expected sha256:, sha384: or sha512: and lower-case hex of that length", new("command line"), "sha256sum FILE"));

    /// <summary>An empty value is none that was meant: a variable that is not set would drop the demand without a word.</summary>
    /// <returns>Null where the option was not given.</returns>
    /// <exception cref="SignalboxException">It was given, and is empty.</exception>
    private static string? Given(Session session, Option<string?> option) => session.Get(option) is not "" ? session.Get(option)
        : throw new SignalboxException(ExitCode.Usage, Finding.Error("usage", $"{option.Name} is empty; expected a value, or the option left out", new("command line"), "signalbox verify --help"));

    private static SignalboxException Undecided(string id, string message, string path, string help) =>
        new(ExitCode.Undecided, Finding.Error(id, message, new(path), help));
}
