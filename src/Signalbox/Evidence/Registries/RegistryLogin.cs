using System.Text;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Registries;

/// <summary>A user's name and password at one registry.</summary>
public sealed record RegistryLogin(string User, string Password)
{
    private const string DockerHubKey = "https://index.docker.io/v1/";

    internal string BasicHeader => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>
    /// Reads the login for a registry out of <c>config.json</c> as <c>docker login</c>, <c>podman login</c> and
    /// <c>skopeo login</c> write it. Helper programs (<c>credHelpers</c>, <c>credsStore</c>) are not run.
    /// </summary>
    /// <returns>Null where the file has none for it.</returns>
    /// <exception cref="FormatException">It is no such file.</exception>
    public static RegistryLogin? Read(ReadOnlyMemory<byte> config, string registry)
    {
        try
        {
            var auths = JsonFields.Parse(config, "the registry configuration").Object("auths");
            return auths is { } all && KeysOf(registry).Select(all.Object).FirstOrDefault(entry => entry is not null) is { } found ? Read(found) : null;
        }
        catch (MalformedException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static string[] KeysOf(string registry) => registry == "docker.io"
        ? [DockerHubKey, "docker.io", "index.docker.io", "https://index.docker.io"]
        // a name has lost https' own port, a login may have it
        : [registry, "https://" + registry, $"https://{registry}/", $"https://{registry}/v1/", $"https://{registry}/v2/", "http://" + registry, registry + ":443", $"https://{registry}:443"];

    private static RegistryLogin? Read(JsonFields entry)
    {
        if (entry.Text("username") is { Length: > 0 } user && entry.Text("password") is { } password) return new(user, password);
        if (entry.Bytes("auth") is not { Length: > 0 } auth) return null;
        return Encoding.UTF8.GetString(auth).Split(':', 2) is [{ Length: > 0 } name, var secret] ? new(name, secret.TrimEnd('\0')) : throw new MalformedException($"{entry.At("auth")} is not a name and a password");
    }

    // a record would print its password
    public override string ToString() => User;
}
