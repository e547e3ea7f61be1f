using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence;

/// <summary>The trusted root that is meant cannot be read, so nothing that is traced back to it can be decided.</summary>
public sealed class TrustedRootException(string path, string message, Exception inner) : Exception(message, inner)
{
    internal EvidenceRefusal ToRefusal() => new("evidence-no-trust", $"the trusted root for Sigstore's signatures cannot be read: {Message}", $"ls -l {path}");
}

/// <summary>
/// The trusted root that a file holds, a newer one or another instance's, else the public-good instance's that this program was
/// built with. Read again when the file has changed. Safe to use from several threads.
/// </summary>
public sealed class TrustedRootFile(string path)
{
    private readonly Lock _gate = new();
    private (DateTime Written, long Length, TrustedRoot Root)? _read;

    /// <exception cref="TrustedRootException">There is a file, and it is none.</exception>
    public TrustedRoot Read()
    {
        lock (_gate)
        {
            try
            {
                var file = new FileInfo(path);
                if (!file.Exists) return TrustedRoot.PublicGood();
                if (_read is { } known && (known.Written, known.Length) == (file.LastWriteTimeUtc, file.Length)) return known.Root;
                var root = TrustedRoot.Read(File.ReadAllBytes(path));
                _read = (file.LastWriteTimeUtc, file.Length, root);
                return root;
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                throw new TrustedRootException(path, $"{path}: {e.Message.TrimEnd('.')}", e);
            }
        }
    }
}
