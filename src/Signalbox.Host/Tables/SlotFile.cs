using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Tables;

/// <summary>A file that holds one small thing and is replaced often.</summary>
internal interface ISlotFile : IDisposable
{
    /// <summary>The newest content that is whole; null where there is none.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    byte[]? Read();

    /// <summary>
    /// When it returns the content is what a next process reads, even if this one is killed; a power cut may still
    /// bring back what was flushed last.
    /// </summary>
    /// <exception cref="IOException">It could not be written; what was flushed last is still there.</exception>
    void Write(ReadOnlySpan<byte> content);

    /// <summary>When it returns, what was written survives a power cut.</summary>
    /// <exception cref="IOException">The disk did not take it; write it again before the next flush.</exception>
    void Flush();

    /// <summary>Leaves nothing of it on the disk.</summary>
    void Delete();
}

/// <summary>
/// Two slots of one preallocated file, written by turns, each with a sequence number, a length and a SHA-256. A
/// write touches only the slot that was not flushed last, so a torn one leaves that content whole; the newest whole slot
/// is what is read. Nothing is allocated, so that a flush is one fdatasync without a journal and a full disk stands in
/// no write's way (but on file systems that write each block to a new place, such as btrfs). Content
/// that outgrows its slot goes into a bigger file beside, which is renamed over this one. Not thread-safe.
/// </summary>
/// <param name="path">Its directory exists.</param>
internal sealed class SlotFile(string path) : ISlotFile
{
    internal const int HeaderBytes = sizeof(ulong) + sizeof(int) + SHA256.HashSizeInBytes;

    /// <summary>A table of a few services with a latch and the judge's report in it.</summary>
    private const int SmallestSlot = 16 * 1024;

    private readonly string _beside = path + ".new";
    private SafeFileHandle? _file;
    private int _slotBytes;
    private ulong _sequence;
    private int _written, _flushed;
    private bool _renamed;

    /// <summary>Bytes of content that are written without asking the file system for space.</summary>
    public int Room => Math.Max(0, _slotBytes - HeaderBytes);

    public byte[]? Read()
    {
        if (_file is null && !File.Exists(path)) return null;
        _file ??= File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // what a killed process had written is perhaps in memory only, and must not be overwritten as if it were not the newest
        DiskFlush.Data(_file, path);
        _slotBytes = (int)(RandomAccess.GetLength(_file) / 2);
        var (first, second) = (ReadSlot(_file, 0), ReadSlot(_file, 1));
        _written = _flushed = second.Sequence > first.Sequence ? 1 : 0;
        var newest = _flushed == 1 ? second : first;
        _sequence = newest.Sequence;
        return newest.Content;
    }

    private (ulong Sequence, byte[]? Content) ReadSlot(SafeFileHandle file, int slot)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        var at = (long)slot * _slotBytes;
        if (ReadFully(file, header, at) < HeaderBytes) return default;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[sizeof(ulong)..]);
        if (length < 0 || length > Room) return default;
        var content = new byte[length];
        if (ReadFully(file, content, at + HeaderBytes) < length) return default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(header[..^SHA256.HashSizeInBytes], content, hash);
        return hash.SequenceEqual(header[^SHA256.HashSizeInBytes..]) ? (BinaryPrimitives.ReadUInt64LittleEndian(header), content) : default;
    }

    private static int ReadFully(SafeFileHandle file, Span<byte> into, long at)
    {
        var got = 0;
        while (got < into.Length && RandomAccess.Read(file, into[got..], at + got) is > 0 and var more) got += more;
        return got;
    }

    public void Write(ReadOnlySpan<byte> content)
    {
        if (_file is null) _ = Read();
        var slot = new byte[HeaderBytes + content.Length];
        Fill(slot, _sequence + 1, content);
        if (_file is null || content.Length > Room) Grow(slot);
        else Overwrite(_file, slot);
        _sequence++;
    }

    private void Overwrite(SafeFileHandle file, byte[] slot)
    {
        _written = 1 - _flushed;
        RandomAccess.Write(file, slot, (long)_written * _slotBytes);
    }

    private static void Fill(Span<byte> slot, ulong sequence, ReadOnlySpan<byte> content)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(slot, sequence);
        BinaryPrimitives.WriteInt32LittleEndian(slot[sizeof(ulong)..], content.Length);
        content.CopyTo(slot[HeaderBytes..]);
        var numbers = slot[..(sizeof(ulong) + sizeof(int))];
        Hash(numbers, content, slot.Slice(numbers.Length, SHA256.HashSizeInBytes));
    }

    private static void Hash(ReadOnlySpan<byte> numbers, ReadOnlySpan<byte> content, Span<byte> hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(numbers);
        sha.AppendData(content);
        sha.GetHashAndReset(hash);
    }

    /// <summary>Room for twice the content: a latch and a release with more variables come without a bigger file.</summary>
    private void Grow(byte[] slot)
    {
        var slotBytes = Math.Max(SmallestSlot, (int)BitOperations.RoundUpToPowerOf2((uint)slot.Length * 2));
        var file = WriteBeside(slot, slotBytes);
        try
        {
            File.Move(_beside, path, overwrite: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        _file?.Dispose();
        (_file, _slotBytes, _written, _renamed) = (file, slotBytes, 0, true);
    }

    /// <summary>Zeros are written, not only reserved: a flush into reserved space would have to note in the journal that it is used.</summary>
    private SafeFileHandle WriteBeside(byte[] slot, int slotBytes)
    {
        var file = File.OpenHandle(_beside, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            var whole = new byte[slotBytes * 2];
            slot.CopyTo(whole, 0);
            RandomAccess.Write(file, whole, 0);
            RandomAccess.FlushToDisk(file);
            return file;
        }
        catch
        {
            file.Dispose();
            File.Delete(_beside);
            throw;
        }
    }

    public void Flush()
    {
        if (_file is null) return;
        DiskFlush.Data(_file, path);
        if (_renamed) DiskFlush.Directory(Path.GetDirectoryName(path)!);
        (_renamed, _flushed) = (false, _written);
    }

    public void Delete()
    {
        Dispose();
        File.Delete(path);
        File.Delete(_beside);
    }

    public void Dispose()
    {
        _file?.Dispose();
        (_file, _slotBytes, _sequence) = (null, 0, 0);
    }
}
