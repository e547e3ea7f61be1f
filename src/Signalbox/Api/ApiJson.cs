using System.Text.Json.Serialization;
using Signalbox.Gates;
using Signalbox.Runbooks;

namespace Signalbox.Api;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(TrackView))]
[JsonSerializable(typeof(RolloutView))]
[JsonSerializable(typeof(IReadOnlyList<RolloutView>))]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
[JsonSerializable(typeof(IReadOnlyList<Delivery.Release>))]
[JsonSerializable(typeof(Delivery.Release))]
[JsonSerializable(typeof(CreateRelease))]
[JsonSerializable(typeof(StartRollout))]
[JsonSerializable(typeof(StartRollback))]
[JsonSerializable(typeof(PromoteRelease))]
[JsonSerializable(typeof(RolloutCommand))]
[JsonSerializable(typeof(ArtifactUploaded))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(IReadOnlyList<TokenView>))]
[JsonSerializable(typeof(CreateToken))]
[JsonSerializable(typeof(TokenCreated))]
[JsonSerializable(typeof(ExchangeToken))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ControlPlaneFile))]
[JsonSerializable(typeof(LedgerEntryView))]
[JsonSerializable(typeof(IReadOnlyList<LedgerEntryView>))]
[JsonSerializable(typeof(LedgerHeadView))]
[JsonSerializable(typeof(LoginLink))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(EvidenceView))]
[JsonSerializable(typeof(IReadOnlyList<EvidenceView>))]
[JsonSerializable(typeof(WithdrawEvidence))]
[JsonSerializable(typeof(GateReport))]
[JsonSerializable(typeof(GateDecisionView))]
[JsonSerializable(typeof(IReadOnlyList<GateDecisionView>))]
[JsonSerializable(typeof(GateReplayView))]
[JsonSerializable(typeof(PolicyView))]
[JsonSerializable(typeof(IReadOnlyList<PolicyView>))]
[JsonSerializable(typeof(PolicySetView))]
[JsonSerializable(typeof(ApprovePolicy))]
[JsonSerializable(typeof(Approve))]
[JsonSerializable(typeof(ReleaseProofView))]
[JsonSerializable(typeof(DoraView))]
[JsonSerializable(typeof(ReportDeployment))]
[JsonSerializable(typeof(ReportTaken))]
[JsonSerializable(typeof(NotifyView))]
[JsonSerializable(typeof(IReadOnlyList<NotifyTrial>))]
[JsonSerializable(typeof(DrillEnded))]
[JsonSerializable(typeof(RunbookStepEnded))]
public sealed partial class ApiJson : JsonSerializerContext;
