using System.Globalization;
using System.Text;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Log;

/// <summary>A signed tree head: a signed note (C2SP signed-note) whose body is a checkpoint (C2SP tlog-checkpoint).</summary>
/// <param name="Body">What is signed: the lines up to and with the newline before the empty line.</param>
/// <param name="Origin">Names the log; unique and stable.</param>
internal sealed record Checkpoint(byte[] Body, string Origin, long TreeSize, byte[] RootHash, IReadOnlyList<NoteSignature> Signatures)
{
    private const string Dash = "\u2014 ";

    // a real one has a few hundred bytes; witnesses add about a hundred each
    private const int LongestNote = 64 * 1024;

    /// <exception cref="MalformedException">It is not a checkpoint.</exception>
    public static Checkpoint Read(string note)
    {
        if (note.Length > LongestNote) throw new MalformedException("the checkpoint is longer than 64 KiB");
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || split + 2 >= note.Length || !note.EndsWith('\n')) throw new MalformedException("the checkpoint has no signatures below an empty line");
        var lines = note[..split].Split('\n');
        if (lines.Length < 3) throw new MalformedException("the checkpoint lacks its origin, size or root hash");
        if (lines[0].Length == 0) throw new MalformedException("the checkpoint's origin is empty");
        return new(
            Encoding.UTF8.GetBytes(note[..(split + 1)]), lines[0], ReadSize(lines[1]), ReadRoot(lines[2]),
            [.. note[(split + 2)..^1].Split('\n').Select(ReadSignature)]);
    }

    private static long ReadSize(string line) =>
        long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size.ToString(CultureInfo.InvariantCulture) == line
            ? size
            : throw new MalformedException($"the checkpoint's size is '{JsonFields.Shown(line)}'; expected a number");

    private static byte[] ReadRoot(string line) => CanonicalBase64.Decode(line, "the checkpoint's root hash") is { Length: MerkleTree.HashBytes } hash
        ? hash
        : throw new MalformedException("the checkpoint's root hash has not 32 bytes");

    private static NoteSignature ReadSignature(string line)
    {
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        if (parts.Length != 2 || parts[0].Length == 0) throw new MalformedException("a signature line of the checkpoint is malformed");
        var bytes = CanonicalBase64.Decode(parts[1], "a signature of the checkpoint");
        return bytes.Length > 4 ? new(parts[0], bytes[..4], bytes[4..]) : throw new MalformedException("a signature of the checkpoint is cut off");
    }
}

/// <param name="Name">The key's name, which is the log's origin or the witness's name.</param>
/// <param name="Hint">Four bytes that tell keys of one name apart.</param>
internal sealed record NoteSignature(string Name, byte[] Hint, byte[] Value);
