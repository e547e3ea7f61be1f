using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Evidence;

/// <summary>
/// Trust for Notation signatures from a directory laid out as notation has it (notaryproject/specifications,
/// trust-store-trust-policy.md): <c>trustpolicy.oci.json</c> or <c>trustpolicy.json</c>, and <c>truststore/x509/TYPE/NAME/</c>.
/// </summary>
public static class NotationDirectory
{
    private const int MostFiles = 1000;

    private const long LargestFile = 1 << 20;

    private static readonly string[] s_policies = ["trustpolicy.oci.json", "trustpolicy.json"], s_endings = [".pem", ".crt", ".cer"];

    /// <returns>Null where it holds no trust policy.</returns>
    /// <exception cref="FormatException">The policy is not valid; a store that is not is said when it is asked for.</exception>
    /// <exception cref="IOException">The policy cannot be read.</exception>
    public static NotationTrust? Read(string directory)
    {
        var file = s_policies.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        return file is null ? null : new(NotationPolicy.Read(Bytes(file)), (type, name) => Store(directory, type, name));
    }

    /// <summary>The files of a named store; a link could lead anywhere, so one makes it no store (specification, "Trust Store").</summary>
    private static List<byte[]>? Store(string directory, string type, string name)
    {
        var store = new DirectoryInfo(Path.Combine(directory, "truststore", "x509", type, name));
        if (!store.Exists || store.LinkTarget is not null) return null;
        var files = store.EnumerateFiles().Where(file => s_endings.Contains(file.Extension, StringComparer.Ordinal)).OrderBy(file => file.Name, StringComparer.Ordinal).Take(MostFiles).ToList();
        return files.Exists(file => file.LinkTarget is not null) ? null : [.. files.Select(file => Bytes(file.FullName))];
    }

    private static byte[] Bytes(string path) => new FileInfo(path).Length <= LargestFile ? File.ReadAllBytes(path) : throw new FormatException($"{path} has more than {LargestFile} bytes");
}
