using Signalbox.Ledger;

namespace Signalbox.Storage;

/// <summary>
/// Where an installation keeps what must survive it, mode 0700. Its files are written beside, synced and renamed,
/// so that a crash leaves the old or the new one.
/// </summary>
public sealed class StateDirectory
{
    public const string PortFile = "port";

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private StateDirectory(string path) => Root = path;

    public string Root { get; }

    public string LedgerPath => Path.Combine(Root, "ledger.db");

    public string KeyPath => Path.Combine(Root, "ledger.key");

    public string TokenPath => Path.Combine(Root, "token");

    /// <summary>The page's sessions, as hashes.</summary>
    public string SessionsPath => Path.Combine(Root, "sessions");

    /// <summary>The port the control plane listened on last, where it had its choice.</summary>
    public string PortPath => Path.Combine(Root, PortFile);

    public string LockPath => Path.Combine(Root, "control.lock");

    /// <summary>Says where the running control plane is: a <see cref="Api.ControlPlaneFile"/>.</summary>
    public string ControlPath => Path.Combine(Root, "control.json");

    /// <summary>Makes the directory (0700) or takes the one that is there.</summary>
    /// <exception cref="StorageException">Others may write it, somebody else owns it, or it cannot be made.</exception>
    public static StateDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            if (!Directory.Exists(root)) Directory.CreateDirectory(root, Owner | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException("state-cannot-create", $"the state directory {root} cannot be made: {e.Message}", $"mkdir -m 700 -p {root}", e);
        }

        Refuse(root);
        return new(root);
    }

    /// <summary>The installation's signing key, made at first use.</summary>
    /// <exception cref="StorageException">The file is there and holds no such key.</exception>
    public LedgerKey LoadOrCreateKey()
    {
        if (!File.Exists(KeyPath))
        {
            using var made = LedgerKey.Create();
            WriteSecret(KeyPath, made.ExportPrivatePem());
        }

        try
        {
            return LedgerKey.FromPem(File.ReadAllText(KeyPath));
        }
        catch (ArgumentException e)
        {
            throw new StorageException(
                "ledger-key-damaged", $"{KeyPath} holds no ECDSA P-256 key in PKCS#8 PEM", $"cp BACKUP/ledger.key {KeyPath}   # the key that signed this ledger", e);
        }
    }

    /// <summary>Replaces a file of mode 0600 as a whole: written beside, synced, renamed, the directory synced.</summary>
    public static void WriteSecret(string path, string content)
    {
        var beside = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Owner };
        using (var stream = new FileStream(beside, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    private static void Refuse(string root)
    {
        var mode = File.GetUnixFileMode(root);
        if ((mode & OthersMayWrite) != 0)
            throw new StorageException(
                "state-writable-by-others",
                $"the state directory {root} has mode 0{Convert.ToString((int)mode, 8)}, so others may write it; expected 0700", $"chmod 700 {root}");
        var (owner, self) = (Posix.OwnerOf(root), Posix.EffectiveUser());
        if (owner is { } uid && uid != self)
            throw new StorageException(
                "state-owned-by-another", $"the state directory {root} belongs to user {uid}, and this process runs as {self}", $"sudo chown -R {self} {root}");
    }
}
