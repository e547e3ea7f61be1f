using System.CommandLine;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Registries;
using Signalbox.Outbound;

namespace Signalbox.Cli.Verifying;

/// <summary>How verbs that read a registry are let in.</summary>
internal static class RegistryOptions
{
    public static readonly Option<string?> Auth = new("--registry-auth") { Description = "a config.json with the registry's login (default: as docker, podman and skopeo look for it)", HelpName = "FILE" };

    public static readonly Option<bool> PlainHttp = new("--plain-http") { Description = "the registry has no TLS though it is not on this machine" };

    /// <summary>A registry has up to 30 seconds for an answer and a minute for a piece, and may have many: this long for all together.</summary>
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(5);

    /// <summary>What a registry holds about an image.</summary>
    /// <exception cref="SignalboxException">There is no such image (1), the registry lies (1), or it does not answer (3).</exception>
    public static async Task<ImageFindings> FindAsync(Session session, ImageReference image)
    {
        var plain = session.Get(PlainHttp);
        using var client = new OutboundClient(RegistryClient.RulesFor(image, plain));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        patience.CancelAfter(s_most);
        try
        {
            return await new EvidenceDiscovery(new(client, image, LoginFor(session, image), plain)).FindAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!session.Cancel.IsCancellationRequested)
        {
            throw Refused(image, new(RegistryFailure.Unavailable, $"{image.Registry} took more than {s_most.TotalMinutes:0} minutes to say what it has about {image}"));
        }
        catch (RegistryException e)
        {
            throw Refused(image, e);
        }
    }

    private static SignalboxException Refused(ImageReference image, RegistryException e) => e.Failure switch
    {
        RegistryFailure.Missing => new(ExitCode.No, Finding.Error("image-missing", e.Message, new(image.ToString()), $"skopeo inspect docker://{image}")),
        RegistryFailure.Untrue => new(ExitCode.No, Finding.Error("registry-untrue", e.Message, new(image.ToString()), $"skopeo inspect --raw docker://{image}")),
        _ => new(ExitCode.Undecided, Finding.Error("registry-unavailable", e.Message, new(image.ToString()), $"skopeo login {image.Registry}")),
    };

    /// <summary>The login that the machine has for an image's registry, or null.</summary>
    /// <exception cref="SignalboxException">The file of logins is not one.</exception>
    public static RegistryLogin? LoginFor(Session session, ImageReference image)
    {
        if (session.Get(Auth) is { } named) return Read(named, VerifyOptions.ReadFile(named, "registry-auth"), image);
        foreach (var path in Places())
            if (File.Exists(path) && Read(path, VerifyOptions.ReadFile(path, "registry-auth"), image) is { } login) return login;
        return null;
    }

    private static RegistryLogin? Read(string path, byte[] config, ImageReference image)
    {
        try
        {
            return RegistryLogin.Read(config, image.Registry);
        }
        catch (FormatException e)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("registry-auth-malformed", $"{path}: {e.Message}", new(path), $"skopeo login {image.Registry}"));
        }
    }

    /// <summary>Where containers-auth.json(5) and docker's own documentation say that logins are.</summary>
    private static IEnumerable<string> Places()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (Variable("REGISTRY_AUTH_FILE") is { } file) yield return file;
        if (Variable("XDG_RUNTIME_DIR") is { } runtime) yield return Path.Combine(runtime, "containers", "auth.json");
        yield return Path.Combine(Variable("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config"), "containers", "auth.json");
        yield return Path.Combine(Variable("DOCKER_CONFIG") ?? Path.Combine(home, ".docker"), "config.json");
    }

    internal static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
