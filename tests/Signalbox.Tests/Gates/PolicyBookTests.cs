using System.Text;
using Microsoft.Extensions.Time.Testing;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Gates;
using Signalbox.Ledger;

namespace Signalbox.Tests.Gates;

/// <summary>Policies as the ledger has them: set, proposed, approved, and read again after a restart.</summary>
public sealed class PolicyBookTests
{
    private const string Strict = "apiVersion: signalbox-policy/v1\ngates: { coverage: { atLeast: 90% } }\n", Lax = "apiVersion: signalbox-policy/v1\ngates: { coverage: { atLeast: 50% } }\n";

    private readonly FakeTimeProvider _time = new(GateFixture.Now);
    private readonly MemoryLedgerStore _ledger;
    private readonly PolicyBook _book = new();

    public PolicyBookTests() => _ledger = new(_time);

    [Fact]
    public void Scopes_AreListedByName()
    {
        Set("staging", Strict);
        Set("*", Strict);
        Set("shop/production", Strict);
        Assert.Equal(["*", "shop/production", "staging"], _book.All.Select(policy => policy.Scope));
    }

    [Fact]
    public void Policy_InForce_IsItsOwn_OrForAnEnvironmentThatOfEverywhere()
    {
        Set("*", Strict);
        Set("staging", Lax);
        Assert.Equal("staging", _book.InForce("staging")?.Scope);
        Assert.Equal("*", _book.InForce("production")?.Scope);
        Assert.Null(_book.InForce("shop/production"));
        Assert.Null(_book.Find("production"));
    }

    [Theory]
    [InlineData("*", true, false)]
    [InlineData("production", true, true)]
    [InlineData("shop/production", true, true)]
    [InlineData("shop/production/eu", false, false)]
    [InlineData("shop/", false, false)]
    [InlineData("/production", false, false)]
    [InlineData("Shop", false, false)]
    [InlineData("*/production", false, false)]
    [InlineData("", false, false)]
    [InlineData(null, false, false)]
    public void Scope_IsOneNameOrTwo_OrEverywhere(string? scope, bool valid, bool named) => Assert.Equal((valid, named), (PolicyBook.IsScope(scope), PolicyBook.IsNamed(scope)));

    [Fact]
    public void Entry_IsTakenOnce_AndNoneOfAnotherStream()
    {
        var first = Set("production", Strict);
        Set("production", Lax);
        _book.Apply(first);
        Assert.Equal(PolicyBook.DigestOf(Lax), _book.Find("production")?.Digest);
        var elsewhere = new PolicyBook();
        elsewhere.Apply(first with { Stream = "shop/production" });
        Assert.Empty(elsewhere.All);
        elsewhere.Apply(first);
        Assert.Single(elsewhere.All);
    }

    [Fact]
    public void Replay_ReadsPastOnePage_AndWhatLiesBetween()
    {
        for (var i = 0; i < 501; i++)
        {
            Append(PolicyEvents.ToEntry(new PolicySet($"env-{i % 3}", i == 500 ? Lax : Strict, [], null, false), new("admin")));
            if (i % 100 == 0) _ledger.Append(_ledger.Head, [new("shop/production", "other/1", new("admin"), "{}"u8.ToArray())]);
        }
        var again = new PolicyBook();
        again.Replay(_ledger);
        Assert.Equal(["env-0", "env-1", "env-2"], again.All.Select(policy => policy.Scope));
        Assert.Equal(PolicyBook.DigestOf(Lax), again.Find("env-2")?.Digest);
    }

    [Fact]
    public void Layers_AreTheEnvironmentsAndTheApplicationsOwn_OrTheBuiltIn()
    {
        var track = new TrackKey("shop", "production");
        var none = Assert.Single(_book.LayersOf(track));
        Assert.Equal(("built-in policy", null, Policy.Default), (none.Name, none.Digest, none.Policy));
        Set("shop/production", Strict);
        Assert.Equal(["policy of shop/production"], _book.LayersOf(track).Select(layer => layer.Name));
        Set("*", Lax);
        Assert.Equal([("policy of *", PolicyBook.DigestOf(Lax)), ("policy of shop/production", PolicyBook.DigestOf(Strict))], _book.LayersOf(track).Select(layer => (layer.Name, layer.Digest!.Value)));
    }

    [Fact]
    public void Proposal_WaitsUntilItIsApproved_OrAnotherIsSet()
    {
        Set("production", Strict);
        Propose("production", Lax, "alice");
        Assert.Equal((PolicyBook.DigestOf(Lax), "alice"), (_book.Proposal("production")!.Digest, _book.Proposal("production")!.By.Name));
        Assert.Null(_book.Proposal("staging"));
        Assert.Equal(PolicyBook.DigestOf(Strict), _book.Find("production")?.Digest);
        Set("production", Strict + "# again\n");
        Assert.Null(_book.Proposal("production"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Proposal_IsApproved_UntilItsLastMoment(int millisecondsPast, bool approved)
    {
        Set("production", Strict);
        Propose("production", Lax, "alice");
        var (entry, refusal) = PolicyChangeDesk.Approve(_book, "production", PolicyBook.DigestOf(Lax), new("bob"), _time.GetUtcNow() + PolicyChangeDesk.ProposalValidFor + TimeSpan.FromMilliseconds(millisecondsPast));
        Assert.Equal((approved, approved), (entry is not null, refusal is null));
        if (!approved) Assert.Equal("it was proposed on 2026-11-26, more than 7 days ago; expected it to be proposed anew", refusal);
    }

    [Fact]
    public void Approval_SaysWhatItChanges_AndWhoProposedIt()
    {
        Set("production", Strict);
        Propose("production", Lax, "alice");
        var set = PolicyEvents.SetFrom(Append(PolicyChangeDesk.Approve(_book, "production", PolicyBook.DigestOf(Lax), new("bob"), _time.GetUtcNow()).Entry!))!;
        Assert.Equal(("production", Lax, "alice", false), (set.Scope, set.Text, set.ProposedBy, set.NobodyElse));
        Assert.Equal(("coverage.atLeast", "90%", "50%", PolicyDirection.Weaker), Assert.Single(set.Changes) is var change ? (change.What, change.Before, change.After, change.Direction) : default);
    }

    [Fact]
    public void Proposal_OfATextThatThisVersionCannotRead_IsNotApproved()
    {
        const string Newer = "apiVersion: signalbox-policy/v9\n";
        Append(PolicyEvents.ToEntry(new PolicyProposed("production", Newer, []), new("alice")));
        Assert.Equal((null, "it cannot be read by this version"), PolicyChangeDesk.Approve(_book, "production", PolicyBook.DigestOf(Newer), new("bob"), _time.GetUtcNow()));
    }

    /// <summary>A policy that cannot be read lets nothing through, so any that can weakens it.</summary>
    [Theory]
    [InlineData("production", true)]
    [InlineData("staging", false)]
    public void TakingThePlaceOfOneThatCannotBeRead_Weakens(string unreadable, bool waits)
    {
        Append(PolicyEvents.ToEntry(new PolicySet(unreadable, "apiVersion: signalbox-policy/v9\n", [], null, false), new("admin")));
        Assert.Null(_book.Find(unreadable)!.Policy);
        Assert.Equal(waits, PolicyChangeDesk.Set(_book, "production", Strict, GateFixture.Read(Strict), new("alice"), isApprover: true).Waits);
    }

    [Fact]
    public void Setting_SaysWhatBecomesOfIt()
    {
        Set("production", Strict);
        var (strict, lax) = (GateFixture.Read(Strict), GateFixture.Read(Lax));
        var same = PolicyChangeDesk.Set(_book, "production", Strict, strict, new("alice"), isApprover: true);
        Assert.Equal((null, false, PolicyBook.DigestOf(Strict)), (same.Entry, same.Waits, same.Digest));
        Assert.Empty(same.Changes);
        var waiting = PolicyChangeDesk.Set(_book, "production", Lax, lax, new("alice"), isApprover: true);
        Assert.Equal((PolicyEvents.ProposedType, true, 1), (waiting.Entry!.Type, waiting.Waits, waiting.Changes.Count));
        var alone = PolicyChangeDesk.Set(_book, "production", Lax, lax, new("alice"), isApprover: false);
        Assert.Equal((PolicyEvents.SetType, false, 1), (alone.Entry!.Type, alone.Waits, alone.Changes.Count));
        // another text that says the same is set at once, and nobody is missing
        var reworded = PolicyChangeDesk.Set(_book, "production", Strict + "# why\n", strict, new("alice"), isApprover: false);
        Assert.False(PolicyEvents.SetFrom(Append(reworded.Entry!))!.NobodyElse);
    }

    [Theory]
    [InlineData(PolicyEvents.SetType, "{\"scope\":1}")]
    [InlineData(PolicyEvents.SetType, "null")]
    [InlineData(PolicyEvents.ProposedType, "[]")]
    public void EntryThatIsNotWhatItsTypeSays_IsRefused(string type, string data)
    {
        var entry = _ledger.Append(_ledger.Head, [new(PolicyEvents.Stream, type, new("admin"), Encoding.UTF8.GetBytes(data))])[0];
        Assert.StartsWith($"ledger entry 1 ({type}) cannot be read: ", Assert.Throws<InvalidDataException>(() => _book.Apply(entry)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EntryOfAnotherType_IsNoPolicy()
    {
        _book.Apply(_ledger.Append(_ledger.Head, [new(PolicyEvents.Stream, "policy.noted/1", new("admin"), "{}"u8.ToArray())])[0]);
        Assert.Empty(_book.All);
    }

    private LedgerEntry Set(string scope, string text) => Append(PolicyEvents.ToEntry(new PolicySet(scope, text, [], null, false), new("admin")));

    private void Propose(string scope, string text, string by) => Append(PolicyEvents.ToEntry(new PolicyProposed(scope, text, []), new(by)));

    private LedgerEntry Append(NewEntry entry)
    {
        var appended = _ledger.Append(_ledger.Head, [entry])[0];
        _book.Apply(appended);
        return appended;
    }
}
