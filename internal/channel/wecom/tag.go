package wecom

import "context"

// TagGroup is a group of the company's tags.
type TagGroup struct {
	ID      string `json:"group_id,omitempty"`
	Name    string `json:"group_name,omitempty"` // at most 30 characters
	Created int64  `json:"create_time,omitempty"`
	Order   int64  `json:"order,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
	Tags    []Tag  `json:"tag"`
}

// Tag is one of the company's tags.
type Tag struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name"` // at most 30 characters
	Created int64  `json:"create_time,omitempty"`
	Order   int64  `json:"order,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
}

// Tags are the company's tags; with ids or groups only those.
func (c *Client) Tags(ctx context.Context, tags, groups []string) ([]TagGroup, error) {
	got, err := post[struct {
		Groups []TagGroup `json:"tag_group"`
	}](ctx, c, contact, "externalcontact/get_corp_tag_list", struct {
		Tags   []string `json:"tag_id,omitempty"`
		Groups []string `json:"group_id,omitempty"`
	}{tags, groups})
	return got.Groups, err
}

// AddTags adds tags to a group, found by its id or its name, or made with that name. A name that is there already is
// answered with the id it has, so nothing is made twice.
func (c *Client) AddTags(ctx context.Context, g TagGroup) (TagGroup, error) {
	got, err := post[struct {
		Group TagGroup `json:"tag_group"`
	}](ctx, c, contact, "externalcontact/add_corp_tag", g)
	return got.Group, err
}

// RenameTag gives a tag or a group another name.
func (c *Client) RenameTag(ctx context.Context, id, name string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/edit_corp_tag", map[string]string{"id": id, "name": name})
	return err
}

// DeleteTags ends tags and whole groups.
func (c *Client) DeleteTags(ctx context.Context, tags, groups []string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/del_corp_tag", struct {
		Tags   []string `json:"tag_id,omitempty"`
		Groups []string `json:"group_id,omitempty"`
	}{tags, groups})
	return err
}

// Mark puts tags on a customer as one member sees them, and takes others away.
func (c *Client) Mark(ctx context.Context, user, customer string, add, remove []string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/mark_tag", struct {
		User     string   `json:"userid"`
		Customer string   `json:"external_userid"`
		Add      []string `json:"add_tag,omitempty"`
		Remove   []string `json:"remove_tag,omitempty"`
	}{user, customer, add, remove})
	return err
}
