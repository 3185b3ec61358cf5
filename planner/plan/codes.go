package plan

// BlockerCode is the stable name of a kind of blocker, for programs.
type BlockerCode string

// NoticeCode is the stable name of a kind of notice, for programs.
type NoticeCode string

// Kinds of blockers. What each means is in [BlockerCodes].
const (
	InUse             BlockerCode = "in-use"
	NotEmpty          BlockerCode = "not-empty"
	ProfileInUse      BlockerCode = "profile-in-use"
	Protected         BlockerCode = "protected"
	OtherOwner        BlockerCode = "other-owner"
	TooManyDeletes    BlockerCode = "too-many-deletes"
	CannotShrink      BlockerCode = "cannot-shrink"
	CannotChange      BlockerCode = "cannot-change"
	NotThere          BlockerCode = "not-there"
	NotAllowed        BlockerCode = "not-allowed"
	SourceInUse       BlockerCode = "source-in-use"
	PoolDefault       BlockerCode = "pool-default"
	SeveralMembers    BlockerCode = "several-members"
	DoesNotFit        BlockerCode = "does-not-fit"
	OverLimit         BlockerCode = "over-limit"
	HasBackups        BlockerCode = "has-backups"
	NeedsRepair       BlockerCode = "needs-repair"
	MemberOffline     BlockerCode = "member-offline"
	MemberWithoutPool BlockerCode = "member-without-pool"
	MemberDiffers     BlockerCode = "member-differs"
	NamesakeOnMember  BlockerCode = "namesake-on-member"
	MovedAway         BlockerCode = "moved-away"
	MoveIncomplete    BlockerCode = "move-incomplete"
	SourceChanged     BlockerCode = "source-changed"
	UnsafeName        BlockerCode = "unsafe-name"
	Lookalike         BlockerCode = "lookalike"
)

// Kinds of notices. What each means is in [NoticeCodes].
const (
	UnknownKey      NoticeCode = "unknown-key"
	ConfigHidden    NoticeCode = "config-hidden"
	CreatedEmpty    NoticeCode = "created-empty"
	BothThere       NoticeCode = "both-there"
	RenameCycle     NoticeCode = "rename-cycle"
	MoveUnderWay    NoticeCode = "move-under-way"
	MoveOfOthers    NoticeCode = "move-of-others"
	ProtectedOrphan NoticeCode = "protected-orphan"
	CopiedMark      NoticeCode = "copied-mark"
	RenamedByHand   NoticeCode = "renamed-by-hand"
	MaybeRenamed    NoticeCode = "maybe-renamed"
	LittleSpace     NoticeCode = "little-space"
	LooksAbsent     NoticeCode = "looks-absent"
	NoMark          NoticeCode = "no-mark"

	AcknowledgmentEnds  NoticeCode = "acknowledgment-ends"
	AcknowledgmentEnded NoticeCode = "acknowledgment-ended"
)

// Meaning says what a code stands for.
type Meaning struct {
	Code string
	Text string
}

// BlockerCodes are all codes of blockers. Within a major version of the JSON form none changes its meaning.
var BlockerCodes = []Meaning{
	{string(InUse), "instances, profiles or the server use it, so that the server would refuse the step, or they would lose it"},
	{string(NotEmpty), "a pool that is to be deleted still holds or serves something"},
	{string(ProfileInUse), "a profile that instances have uses it, and this server would break off half way"},
	{string(Protected), "prevent_delete protects it"},
	{string(OtherOwner), "it carries another owner's mark"},
	{string(TooManyDeletes), "the plan deletes more objects than max_deletes allows"},
	{string(CannotShrink), "the driver cannot make the volume, or the server the file of the pool, smaller"},
	{string(CannotChange), "the server has another driver, content type or value than the spec says, or would give it that, and cannot change it afterwards"},
	{string(NotThere), "the spec needs something that the server does not have, and does not create it: an existing pool or volume, a project, a member, a driver, what copy_of names"},
	{string(NotAllowed), "the server does not let this client do it: its certificate is restricted to projects"},
	{string(SourceInUse), "another pool of the server is made of the source that the new pool is to have, or of something around it"},
	{string(PoolDefault), "a volume.* default of its pool has given the volume, or where the pool is not the spec's would give it, what the server does not take there"},
	{string(SeveralMembers), "several cluster members have a volume of the name that is meant, and nobody can tell which one"},
	{string(DoesNotFit), "the volume holds more than the size that it would get"},
	{string(OverLimit), "the project's limit of disk space is reached, or the server cannot tell whether it is"},
	{string(HasBackups), "the server would delete the volume's backups"},
	{string(NeedsRepair), "the pool's status says that it has to be repaired"},
	{string(MemberOffline), "a cluster member that has to take part is offline"},
	{string(MemberWithoutPool), "a cluster member for which the spec has config does not have the pool"},
	{string(MemberDiffers), "a cluster member has other config of the pool than the spec says"},
	{string(NamesakeOnMember), "another cluster member has an undeclared volume of that name, and this one would be new and empty"},
	{string(MovedAway), "another move has taken the volume that renamed_from names"},
	{string(MoveIncomplete), "a move broke off, and nobody can tell what is complete"},
	{string(SourceChanged), "a volume has arrived, and where it comes from it has been used or changed since"},
	{string(UnsafeName), "this server gives the volume's name to a shell when it moves the volume"},
	{string(Lookalike), "something undeclared has a name that looks the same and is another one, and this would be new and empty"},
}

// NoticeCodes are all codes of notices. Within a major version of the JSON form none changes its meaning.
var NoticeCodes = []Meaning{
	{string(UnknownKey), "it has a config key that tarn does not know, which is left alone"},
	{string(ConfigHidden), "the server does not show its config to this client, so it was not compared"},
	{string(CreatedEmpty), "renamed_from or copy_of names a volume that is not there either, so that it is created empty"},
	{string(BothThere), "the volume and the one that renamed_from names are both there; nothing is renamed, and that one is kept"},
	{string(RenameCycle), "two volumes each say that they were called like the other before; nothing is renamed"},
	{string(MoveUnderWay), "a move to it is under way"},
	{string(MoveOfOthers), "it is left of a move, or of a copy, that this spec does not have"},
	{string(ProtectedOrphan), "prevent_delete protects an orphan, so --prune would be blocked"},
	{string(CopiedMark), "it is a copy of a marked volume, so it belongs to nobody and is left alone"},
	{string(RenamedByHand), "it carries the mark of a volume that is gone: renamed by hand, or a copy of it; it is left alone, and the notice says how to adopt it"},
	{string(MaybeRenamed), "it would be created empty, and may be an undeclared volume under another name; the notice says which renamed_from keeps the data"},
	{string(LittleSpace), "the pool has less space than the plan, or the declared sizes, may need"},
	{string(LooksAbsent), "it is absent, and something whose name looks the same and is another one is there"},
	{string(NoMark), "servers take no mark on it, so that prevent_delete protects it only as long as the spec says so"},
	{string(AcknowledgmentEnds), "what is different about it is acknowledged, for seven more days at most"},
	{string(AcknowledgmentEnded), "what is different about it was acknowledged, and is no more"},
}
