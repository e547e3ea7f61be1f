using System.Buffers.Binary;
using System.Text;

namespace Signalbox.Audit.Readers;

/// <summary>The paths in Git's index (git-scm.com/docs/index-format), versions 2 to 4 with SHA-1 names.</summary>
internal static class GitIndex
{
    // an entry takes about a hundred bytes: more than half a million files
    private const int MostBytes = 64 * 1024 * 1024;

    private const int HeaderBytes = 12;

    // times, device, inode, mode, owner and size before the object's name; the flags behind it
    private const int ModeAt = 24;
    private const int FlagsAt = 60;
    private const int NameAt = 62;

    /// <summary>What the index of a folder holds; null where there is none, or it cannot be read.</summary>
    /// <param name="root">The folder in which <c>.git</c> lies.</param>
    public static IReadOnlySet<string>? Of(string root)
    {
        try
        {
            var file = new FileInfo(Path.Combine(root, ".git", "index"));
            // empty to the system are pipes and devices too
            if (!file.Exists || file.LinkTarget is not null || file.Length is 0 or > MostBytes) return null;
            return Read(File.ReadAllBytes(file.FullName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The paths; null where the bytes are no index that is known.</summary>
    public static IReadOnlySet<string>? Read(ReadOnlySpan<byte> index)
    {
        if (index.Length < HeaderBytes || !index.StartsWith("DIRC"u8)) return null;
        var (version, count) = (BinaryPrimitives.ReadUInt32BigEndian(index[4..]), BinaryPrimitives.ReadUInt32BigEndian(index[8..]));
        if (version is < 2 or > 4) return null;
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var (at, path) = (HeaderBytes, Array.Empty<byte>());
        for (var i = 0u; i < count; i++)
        {
            if (index.Length - at < NameAt || !IsMode(BinaryPrimitives.ReadUInt32BigEndian(index[(at + ModeAt)..]))) return null;
            var extended = version >= 3 && (index[at + FlagsAt] & 0x40) != 0;
            var name = at + NameAt + (extended ? 2 : 0);
            var kept = 0;
            if (version == 4)
            {
                if (Number(index, ref name) is not { } dropped || dropped > path.Length) return null;
                kept = path.Length - dropped;
            }
            if (name > index.Length || index[name..].IndexOf((byte)0) is not (>= 0 and var length) || kept + length is 0 or > 4096) return null;
            path = [.. path.AsSpan(0, kept), .. index.Slice(name, length)];
            paths.Add(Encoding.UTF8.GetString(path));
            // before version 4, one to eight zeros end an entry at a multiple of eight bytes
            at = version == 4 ? name + length + 1 : at + ((name + length - at) / 8 + 1) * 8;
        }
        return paths;
    }

    // a file, one that may be run, a link, another repository, and a folder of a sparse index
    private static bool IsMode(uint mode) => mode is 0x81A4 or 0x81ED or 0x81B4 or 0xA000 or 0xE000 or 0x4000;

    /// <summary>A number in groups of seven bits, each but the last with its high bit set and counted from one.</summary>
    private static int? Number(ReadOnlySpan<byte> index, ref int at)
    {
        var value = 0;
        for (var groups = 0; groups < 4 && at < index.Length; groups++)
        {
            var part = index[at++];
            value = (value << 7) + (part & 0x7F);
            if ((part & 0x80) == 0) return value;
            value++;
        }
        return null;
    }
}
