using System.Text;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Evidence;

/// <summary>Takes evidence in: keeps the content, reads it, keeps the facts, and makes the ledger's entry.</summary>
/// <param name="store">Keeps content and facts.</param>
/// <param name="index">What is there already.</param>
/// <param name="readers">Asked in order; the first that knows the content reads it.</param>
public sealed class EvidenceIntake(IContentStore store, EvidenceIndex index, IReadOnlyList<IEvidenceReader> readers)
{
    /// <summary>Most bytes of one piece: reports of 200 MB are known.</summary>
    public const long MostContent = 256L << 20;

    private const int MostSteps = 50, MostText = 512, MostOthers = 10, MostReadings = 2;

    /// <summary>Contents that are read at once: each may have some hundred MB in memory, and anybody who may hand in could send many.</summary>
    private static readonly SemaphoreSlim s_readings = new(MostReadings, MostReadings);

    /// <summary>From the look at what is recorded to the append, so that nobody else's record gets the same id meanwhile.</summary>
    private static readonly SemaphoreSlim s_appends = new(1, 1);

    /// <summary>The record to append, or the one that is there already, or why the content is none.</summary>
    public sealed record Taken(NewEntry? Entry, EvidenceRecord? Existing, EvidenceRefusal? Refusal, Digest Id);

    /// <param name="append">Puts the entry into the ledger and the index; null where the content is only looked at: nothing is kept then.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<Taken> TakeAsync(Stream content, EvidenceAsked asked, EvidenceSource source, Principal by, Func<NewEntry, Task>? append, CancellationToken cancel)
    {
        try
        {
            // before its turn, onto the disk: who sends slowly holds up nobody
            using var received = await store.ReceiveAsync(content, MostContent, cancel).ConfigureAwait(false);
            return await s_readings.InTurnAsync(() => TakeAsync(received, asked, source, by, append, cancel), cancel).ConfigureAwait(false);
        }
        catch (ContentRefusedException refused)
        {
            return Refused(new(refused.Id, refused.Message, ContentRefusedException.Help));
        }
    }

    private async Task<Taken> TakeAsync(IReceivedContent received, EvidenceAsked asked, EvidenceSource source, Principal by, Func<NewEntry, Task>? append, CancellationToken cancel) =>
        Read(received, asked with { Cancel = cancel }) switch
        {
            { Refusal: { } refusal } => Refused(refusal),
            { Reading: { } reading } => await TakeAsync(received, reading, asked, source, by, append, cancel).ConfigureAwait(false),
            _ => Refused(new("evidence-unknown", $"{Short(asked.Name)} is no evidence that is known here; expected one of {string.Join(", ", EvidenceKinds.Words)}", "signalbox evidence add --help")),
        };

    /// <summary>Evidence that the control plane makes of a principal's request: who and when are part of it, so that no two are the same.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<NewEntry> MakeAsync(EvidenceKind kind, EvidenceFacts facts, Digest subject, Principal by, DateTimeOffset at, CancellationToken cancel)
    {
        var canonical = EvidenceFactsText.Canonical(facts with { MadeAt = at });
        var kept = await store.AddAsync(canonical, cancel).ConfigureAwait(false);
        using var envelope = new EnvelopeHash("signalbox.made-here.v1");
        // two principals may say the same at one instant
        var id = EvidenceId.Of(kind, subject, Digest.FromHash(envelope.Text(by.Name).Text(kept.Digest.Value).Finish()));
        return EvidenceEvents.Added(new(
            id, kind, subject, new(EvidenceOrigin.ControlPlane, "request"), new(kept.Digest, kept.Size, "application/json"), EvidenceVerification.Unsigned, kept.Digest,
            Short(facts switch { ApprovalFact { Comment: { } comment } => comment, OverrideFact given => given.Reason, _ => kind.Word() }), []), by);
    }

    private (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(IReceivedContent received, EvidenceAsked asked)
    {
        foreach (var reader in readers)
        {
            using var stream = received.Open();
            var read = reader.Read(stream, asked);
            if (read.Refusal is not null || read.Reading is not null) return Checked(read, asked);
        }
        return (null, null);
    }

    private static (EvidenceReading? Reading, EvidenceRefusal? Refusal) Checked((EvidenceReading? Reading, EvidenceRefusal? Refusal) read, EvidenceAsked asked)
    {
        if (read.Reading is not { } reading) return read;
        if (reading.Kind.IsMadeHere())
            return (null, new("evidence-made-here", $"{reading.Kind.Word()} is not taken from a file; expected a person who says so", "signalbox approve --help"));
        if (asked.Asked is { } kind && kind != reading.Kind)
            return (null, new("evidence-other-kind", $"{Short(asked.Name)} is {reading.Kind.Word()}; expected {kind.Word()}", $"signalbox evidence add {reading.Kind.Word()} {Short(asked.Name)}"));
        return read;
    }

    private async Task<Taken> TakeAsync(IReceivedContent received, EvidenceReading reading, EvidenceAsked asked, EvidenceSource source, Principal by, Func<NewEntry, Task>? append, CancellationToken cancel)
    {
        var (size, most) = (received.Content.Size, EvidenceFactsText.MostFor(received.Content.Size));
        if (EvidenceFactsText.TryCanonical(reading.Facts, most) is not { } facts)
            return Refused(new("evidence-too-large", $"{Short(asked.Name)} has {size:N0} bytes and says more than {most:N0} bytes of facts; expected at most {EvidenceFactsText.MostRepeated} times its own bytes and {EvidenceFactsText.MostBeside >> 20} MiB, and {EvidenceFactsText.Most >> 20} MiB in all"));
        return await s_appends.InTurnAsync(async () =>
        {
            var taken = await KeepAsync(received, reading, facts, asked, source, by, append is not null, cancel).ConfigureAwait(false);
            if (append is not null && taken.Entry is { } entry) await append(entry).ConfigureAwait(false);
            return taken;
        }, cancel).ConfigureAwait(false);
    }

    private async Task<Taken> KeepAsync(IReceivedContent received, EvidenceReading reading, byte[] facts, EvidenceAsked asked, EvidenceSource source, Principal by, bool keep, CancellationToken cancel)
    {
        var (subject, stored) = (asked.Subjects[0], received.Content);
        var same = index.Of(stored.Digest, reading.Kind);
        var earlier = same.Where(record => record.Subject == subject && Stands(record, reading, by, asked.For)).ToList();
        var existing = earlier.Find(record => index.WithdrawalOf(record.Id) is null);
        if (existing is null && earlier is [var withdrawn, ..] && index.WithdrawalOf(withdrawn.Id) is { } gone)
            return Refused(new("evidence-withdrawn", $"this evidence was withdrawn by {gone.By}: {gone.Reason}; what was withdrawn does not come back", "signalbox evidence list --all"));
        if (keep) await KeepAsync(received, existing is not null && existing.Facts != Digest.Of(facts) ? [] : facts, cancel).ConfigureAwait(false);
        var id = EvidenceId.Of(reading.Kind, subject, stored.Digest, asked.For);
        if (existing is null && index.Find(id) is not null) id = EvidenceId.Of(reading.Kind, subject, stored.Digest, asked.For, by);
        if ((existing ?? index.Find(id)) is { } there) return new(null, there, null, there.Id);
        // of each who brought it one: else somebody who names many subjects would push out the others
        var others = same.Where(record => !asked.Subjects.Contains(record.Subject) && (asked.For is null || record.IsFor(asked.For))).OrderByDescending(record => record.By == by).DistinctBy(record => record.By).Take(MostOthers).ToList();
        var added = new EvidenceAdded(
            id, reading.Kind, subject, source with { Where = Name(source.Where) }, new(stored.Digest, stored.Size, Short(reading.MediaType)),
            reading.Verification with { Steps = [.. reading.Verification.Steps.Take(MostSteps).Select(Short)] }, Digest.Of(facts), Short(reading.Summary),
            [.. others.Select(record => record.Subject)], others.Count == 0 ? null : [.. others.Select(record => record.By.Name)], asked.For, facts.Length);
        return new(EvidenceEvents.Added(added, by), null, null, id);
    }

    /// <summary>
    /// Whether a record of the same content says all that handing it in now would: what proves itself is the same whoever brings it,
    /// anything else is the word of who brings it; what speaks for one application alone says less than what speaks for any; and one
    /// that did not hold, when a key or a root was missing, may hold now.
    /// </summary>
    private static bool Stands(EvidenceRecord record, EvidenceReading reading, Principal by, string? application) =>
        (record.For is null || record.For == application) && (record.Kind.ProvesItself() || record.By == by)
        && (record.Verification.Verdict == VerificationVerdict.Verified || reading.Verification.Verdict != VerificationVerdict.Verified);

    /// <summary>Both into the room of what is handed in: that of decisions stays free. What was lost is there again.</summary>
    /// <param name="facts">Empty where others are recorded, which a version before read from the same content.</param>
    private async Task KeepAsync(IReceivedContent received, byte[] facts, CancellationToken cancel)
    {
        using var kept = await store.ReceiveAsync(new MemoryStream(facts, writable: false), facts.Length, cancel).ConfigureAwait(false);
        received.Keep();
        if (facts.Length > 0) kept.Keep();
    }

    private static Taken Refused(EvidenceRefusal refusal) => new(null, null, refusal, default);

    /// <summary>A report takes the place of the one of the same name: long names that begin alike stay apart.</summary>
    private static string Name(string text) => text.Length <= MostText ? Short(text) : $"{Short(text)[..(MostText - 65)]}…{Digest.Of(Encoding.UTF8.GetBytes(text)).Hex}";

    /// <summary>What comes from outside goes into the ledger and onto terminals: short, and without control characters.</summary>
    private static string Short(string text) => string.Concat(text.Take(MostText).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
}
