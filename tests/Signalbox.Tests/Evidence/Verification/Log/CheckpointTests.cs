using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Log;

namespace Signalbox.Tests.Evidence.Verification.Log;

/// <summary>Signed tree heads as text: what is read of one, and each way of being none.</summary>
public sealed class CheckpointTests
{
    private static readonly string s_root = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly string s_signature = Convert.ToBase64String([1, 2, 3, 4, 5]);

    private static string Note(string origin = "log.example", string size = "7", string? root = null, string more = "", string? signatures = null) =>
        $"{origin}\n{size}\n{root ?? s_root}\n{more}\n{signatures ?? $"\u2014 log.example {s_signature}\n"}";

    private static void Refused(string saying, string note) =>
        Assert.Contains(saying, Assert.Throws<MalformedException>(() => Checkpoint.Read(note)).Message, StringComparison.Ordinal);

    [Fact]
    public void Checkpoint_IsReadWithEverySignature()
    {
        var checkpoint = Checkpoint.Read(Note(more: "an extension\n", signatures: $"\u2014 log.example {s_signature}\n\u2014 witness.example {Convert.ToBase64String([9, 8, 7, 6, 5, 4])}\n"));
        Assert.Equal(("log.example", 7L), (checkpoint.Origin, checkpoint.TreeSize));
        Assert.Equal(s_root, Convert.ToBase64String(checkpoint.RootHash));
        Assert.Equal($"log.example\n7\n{s_root}\nan extension\n", Encoding.UTF8.GetString(checkpoint.Body));
        Assert.Equal(["log.example 01020304 05", "witness.example 09080706 0504"],
            checkpoint.Signatures.Select(signature => $"{signature.Name} {Convert.ToHexStringLower(signature.Hint)} {Convert.ToHexStringLower(signature.Value)}"));
    }

    /// <summary>What is signed may have empty lines of its own: the last one is the border.</summary>
    [Fact]
    public void Body_EndsAtTheLastEmptyLine()
    {
        var checkpoint = Checkpoint.Read(Note(more: "\nan extension\n"));
        Assert.Equal($"log.example\n7\n{s_root}\n\nan extension\n", Encoding.UTF8.GetString(checkpoint.Body));
        Assert.Single(checkpoint.Signatures);
    }

    [Fact]
    public void Length_IsLimited()
    {
        string Of(int length) => Note(more: new string('x', length - Note().Length - 1) + "\n");
        Assert.Equal(64 * 1024, Of(64 * 1024).Length);
        Assert.Equal(7, Checkpoint.Read(Of(64 * 1024)).TreeSize);
        Refused("longer than 64 KiB", Of((64 * 1024) + 1));
    }

    [Fact]
    public void Note_WithoutItsParts_IsRefused()
    {
        Refused("no signatures below an empty line", $"log.example\n7\n{s_root}\n");
        Refused("no signatures below an empty line", $"log.example\n7\n{s_root}\n\n");
        Refused("no signatures below an empty line", Note()[..^1]);
        Refused("lacks its origin, size or root hash", $"\n\n\u2014 log.example {s_signature}\n");
        Refused("lacks its origin, size or root hash", $"log.example\n7\n\n\u2014 log.example {s_signature}\n");
        Refused("origin is empty", Note(origin: ""));
    }

    [Theory]
    [InlineData("07")]
    [InlineData("+7")]
    [InlineData("-7")]
    [InlineData(" 7")]
    [InlineData("7 ")]
    [InlineData("")]
    [InlineData("9223372036854775808")]
    public void Size_ThatIsNoPlainNumber_IsRefused(string size) => Refused($"the checkpoint's size is '{size}'; expected a number", Note(size: size));

    [Fact]
    public void RootHash_HasItsOneLength()
    {
        Refused("the checkpoint's root hash has not 32 bytes", Note(root: Convert.ToBase64String(new byte[31])));
        Refused("the checkpoint's root hash has not 32 bytes", Note(root: Convert.ToBase64String(new byte[33])));
        Refused("the checkpoint's root hash is not canonical base64", Note(root: s_root.TrimEnd('=')));
    }

    [Fact]
    public void SignatureLine_HasANameAHintAndASignature()
    {
        Refused("a signature line of the checkpoint is malformed", Note(signatures: $"log.example {s_signature}\n"));
        Refused("a signature line of the checkpoint is malformed", Note(signatures: "\u2014 log.example\n"));
        Refused("a signature line of the checkpoint is malformed", Note(signatures: $"\u2014 log.example {s_signature} more\n"));
        Refused("a signature line of the checkpoint is malformed", Note(signatures: $"\u2014  {s_signature}\n"));
        Refused("a signature line of the checkpoint is malformed", Note(signatures: $"\u2014 log.example {s_signature}\nmore\n"));
        Refused("a signature of the checkpoint is cut off", Note(signatures: $"\u2014 log.example {Convert.ToBase64String([1, 2, 3, 4])}\n"));
        Refused("a signature of the checkpoint is not canonical base64", Note(signatures: "\u2014 log.example AQIDBAU\n"));
    }
}
